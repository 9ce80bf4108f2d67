"""FLUX.1 control models draw: along a map by words alone, or inside a mask of a picture.

The parts of diffusers' FluxControlInpaintPipeline are called one after the other instead of its `__call__`, which
draws the VAE's latents at random and looks at one pixel of 64 of a mask; without a mask what FluxControlPipeline draws
is drawn from the same weights. tests/models/flux1 holds the pictures to theirs.
"""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...errors import Refused
from ...records import EditRequest, ModelCard
from ..device.cache import Kept, tensor_bytes
from ..diffusion.by_layout import DrawsByLayout
from ..diffusion.latent_frame import LATENT_PX, MULTIPLE_PX, unframed
from ..diffusion.latent_noise import latent_noise
from ..diffusion.prompt_tokens import PromptTokens
from .flux1_latents import Guide, decoded, denoised, encoded, framed, held, packed
from .flux1_request import Flux1Asked, check_asked

TEXT_TOKENS = 512  # of T5, which is always padded to it; the pooled words are of CLIP, which reads the first 77
KEEP_BYTES = 2**30


class Flux1Control(DrawsByLayout):
    """Draws along request.control, which every request needs.

    With a mask only what lies inside is drawn, by settings.strength, and every other pixel of images[0] stays; further
    pictures are not looked at: a garment reaches it as words. Without a mask a whole new picture is drawn, and a
    request may have no picture. It is drawn at up to one megapixel and resized to its own size.

    pipe   FluxControlInpaintPipeline; its transformer takes the map's latents beside the picture's
    usual  steps and guidance of a request that names none
    """

    text_tokens = TEXT_TOKENS
    tools = ("inpainter",)
    takes = ("mask", "control")
    min_images = 0
    unmasked_images = 0

    def __init__(
        self,
        pipe: Any,
        card: ModelCard,
        *,
        usual: tuple[int, float],
        keep_bytes: int = KEEP_BYTES,
        spill_bytes: int = 0,
    ):
        self.pipe, self.card, self.usual = pipe, card, usual
        self.kept = Kept(keep_bytes, tensor_bytes, spill_bytes=spill_bytes)
        self._tokens = PromptTokens(pipe.tokenizer_2)

    def check(self, request: EditRequest) -> Flux1Asked:
        """Before a weight is touched; returns what is asked, with defaults.

        raises   BadInput for what this model cannot honour, Refused for a sample that it cannot draw
        """
        asked = Flux1Asked(request, self.usual)
        check_asked(self.card.name, asked)
        if not self.fits(request.prompt):
            got = f"{self._tokens(request.prompt)}; say less"
            raise Refused("too_many_words", f"{self.card.name} reads {TEXT_TOKENS} tokens of words and got {got}")
        return asked

    def _drawn(self, together: Sequence[Flux1Asked]) -> list[Image.Image]:
        """All of one layout: words, maps, noise, denoising, decoding."""
        import torch

        pipe, first, size = self.pipe, together[0], together[0].size
        width, height = (side + -side % MULTIPLE_PX for side in size)
        shape = (1, pipe.vae.config.latent_channels, height // LATENT_PX, width // LATENT_PX)
        noise_Bchw = torch.cat([latent_noise(asked.request.noise, shape) for asked in together])
        maps = [encoded(pipe, self.kept, framed(asked.request.control.convert("RGB"), size)) for asked in together]
        pairs = [(asked.request.images[0], asked.request.mask) for asked in together if asked.is_masked]
        outside = held(pipe, self.kept, pairs, size, first.left_out) if pairs else None
        latents_BNC = denoised(
            pipe,
            noise_Bchw.to(pipe._execution_device),
            first.steps,
            Guide(
                *self._words([asked.request.prompt for asked in together]),
                map_BNC=packed(pipe, torch.cat(maps)),
                guidance=first.guidance,
            ),
            outside,
        )
        pictures = decoded(pipe, latents_BNC, (width, height))
        return [_finished(*each) for each in zip(together, pictures, strict=True)]

    def _words(self, prompts: Sequence[str]) -> tuple[Any, Any]:
        """(words (B, L, D), pooled (B, P)), kept by the text."""
        import torch

        rows = [self.kept.get(("words", prompt), lambda prompt=prompt: self._encoded(prompt)) for prompt in prompts]
        words_BLD, pooled_BP = (torch.cat(parts) for parts in zip(*rows, strict=True))
        return words_BLD, pooled_BP

    def _encoded(self, prompt: str) -> tuple:
        return self.pipe.encode_prompt([prompt], device=self.pipe._execution_device, max_sequence_length=TEXT_TOKENS)[
            :2
        ]


def _finished(asked: Flux1Asked, drawn: Image.Image) -> Image.Image:
    """In its own size; outside its mask every pixel as it was."""
    picture = unframed(drawn, asked.size, asked.own_size)
    if not asked.is_masked:
        return picture
    return Image.composite(picture, asked.request.images[0].convert("RGB"), asked.request.mask)
