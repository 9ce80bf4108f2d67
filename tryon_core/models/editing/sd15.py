"""Stable Diffusion 1.5 with ControlNets draws: by words alone, by a control map, inside a mask, or both.

The parts of diffusers' StableDiffusionControlNetInpaintPipeline are called one after the other instead of its
`__call__`, which ignores a strength where it is given its noise, draws the VAE's latents at random, refuses several
ControlNets for a batch, and has three sisters for requests without a mask or a map. What the four draw is drawn here
from the same weights; tests/models/editing holds the pictures to theirs.

Shapes: B samples; H, W rows and columns of pixels; L text tokens; D of a word.
"""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...errors import Refused
from ...records import EditRequest, ModelCard
from ...roles import ControlMapper
from ..device.cache import Kept, tensor_bytes
from ..diffusion.by_layout import DrawsByLayout
from ..diffusion.latent_frame import LATENT_PX, pixels, unframed
from ..diffusion.latent_noise import latent_noise
from ..diffusion.prompt_tokens import PromptTokens
from .sd15_checks import check_asked
from .sd15_denoising import Guided, denoised
from .sd15_frame import MAX_SIDE_PX, framed
from .sd15_latents import decoded, masked
from .sd15_request import CONTROL_SCALE, NEGATIVE, TEXT_TOKENS, Asked

KEEP_BYTES = 2**28


class StableDiffusion15(DrawsByLayout):
    """Draws by words, and by a control map and inside a mask where the request has them.

    Of its pictures only the first is looked at, and only with a mask or several ControlNets: a garment reaches it as
    words. With a mask only what lies inside is drawn, by settings.strength; every other pixel stays. Without one a
    whole picture is drawn, of settings.size, else of images[0]'s size, else of the map's, else 512 x 512. It is drawn
    with a longer side of 512 to `max_side` pixels and resized to its own size.
    request.control is the first ControlNet's map; those of further ones are made here of images[0] by `mappers`, since
    a request has one. Without a control no ControlNet is asked.

    pipe      StableDiffusionControlNetInpaintPipeline; its UNet has 4 channels, or 9 for the inpainting checkpoint
    mappers   one for each ControlNet behind the first
    """

    text_tokens = TEXT_TOKENS
    tools = ("inpainter",)
    takes = ("mask", "control", "negative_prompt")
    min_images = 0

    def __init__(
        self,
        pipe: Any,
        card: ModelCard,
        *,
        mappers: Sequence[ControlMapper] = (),
        max_side: int = MAX_SIDE_PX,
        control_scale: float = CONTROL_SCALE,
        negative_prompt: str = NEGATIVE,
        keep_bytes: int = KEEP_BYTES,
        spill_bytes: int = 0,
    ):
        self.pipe, self.card, self.mappers = pipe, card, tuple(mappers)
        self.max_side, self.control_scale, self.negative_prompt = max_side, control_scale, negative_prompt
        self.kept = Kept(keep_bytes, tensor_bytes, spill_bytes=spill_bytes)
        self._tokens = PromptTokens(pipe.tokenizer)

    def check(self, request: EditRequest) -> Asked:
        """Before a weight is touched; returns what is asked, with defaults.

        raises   BadInput for what this model cannot honour, Refused for a sample that it cannot draw
        """
        asked, name = Asked(request, self.max_side, self.negative_prompt), self.card.name
        inpaints_only = self.pipe.unet.config.in_channels == 9
        check_asked(name, asked, controlnets=len(self.mappers) + 1, inpaints_only=inpaints_only)
        for words in (request.prompt, asked.negative):
            if not self.fits(words):
                raise Refused(
                    "too_many_words",
                    f"{name} reads {TEXT_TOKENS} tokens of words and got {self._tokens(words)}; say less",
                )
        return asked

    def _drawn(self, together: Sequence[Asked]) -> list[Image.Image]:
        """All of one layout: words, maps, noise, denoising, decoding."""
        import torch

        pipe, first, size = self.pipe, together[0], together[0].size
        guided = Guided(
            words_BLD=torch.cat([self._words(asked.request.prompt) for asked in together]),
            negative_BLD=torch.cat([self._words(asked.negative) for asked in together]),
            scale=first.guidance,
            maps=self._maps(together) if first.is_controlled else (),
            control_scale=self.control_scale,
        )
        rows, columns = (side // LATENT_PX for side in reversed(framed(Image.new("L", size), size).size))
        shape = (1, pipe.vae.config.latent_channels, rows, columns)
        noise = torch.cat([latent_noise(asked.request.noise, shape) for asked in together])
        pairs = [(asked.request.images[0], asked.request.mask) for asked in together if asked.is_masked]
        held = masked(pipe, self.kept, pairs, size, first.left_out) if pairs else None
        latents = denoised(pipe, noise.to(pipe._execution_device), first.steps, guided, held)
        return [_finished(*each) for each in zip(together, decoded(pipe, latents), strict=True)]

    def _words(self, prompt: str):
        """(1, L, D), kept by the text."""
        device = self.pipe._execution_device
        return self.kept.get(("words", prompt), lambda: self.pipe.encode_prompt([prompt], device, 1, False)[0])

    def _maps(self, together: Sequence[Asked]) -> list[Any]:
        """One a ControlNet, (B, 3, H, W)."""
        given = [asked.request.control for asked in together]
        made = [[mapper(asked.request.images[0]) for asked in together] for mapper in self.mappers]
        framed_maps = [[framed(one.convert("RGB"), together[0].size) for one in maps] for maps in (given, *made)]
        return [pixels(maps).to(self.pipe._execution_device) for maps in framed_maps]


def _finished(asked: Asked, drawn: Image.Image) -> Image.Image:
    """In the picture's own size; outside its mask every pixel as it was."""
    picture = unframed(drawn, asked.size, asked.own_size)
    if not asked.is_masked:
        return picture
    return Image.composite(picture, asked.request.images[0].convert("RGB"), asked.request.mask)
