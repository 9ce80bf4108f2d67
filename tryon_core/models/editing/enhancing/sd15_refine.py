"""The enhancer `sd15-refine`: Stable Diffusion 1.5 draws a picture's finest detail anew, in tiles at a low strength.

A tile is drawn as diffusers' StableDiffusionImg2ImgPipeline draws it; tests hold it to that. All tiles take their part
of one field of noise over the whole picture, so that neighbours draw alike where they overlap.
"""

# Shapes: H, W rows and columns of a picture; h, w those of a tile; 3 is RGB. In the latents a side is an eighth.
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from ....errors import BadInput, Refused
from ....records import EditRequest, ModelCard
from ....roles import Answer
from ....steps import Spent
from ....text import got
from ...device.cache import Kept, tensor_bytes
from ...device.options import DTYPES, PipelineOptions
from ...device.placing import place_pipeline
from ...device.residency import decide, placed
from ...diffusion.latent_frame import LATENT_PX, cropped, padded
from ...diffusion.latent_noise import latent_noise
from ...diffusion.prompt_tokens import PromptTokens
from ...hub.weights import find
from ..sd15_denoising import Guided, Masked, denoised, steps_left_out
from ..sd15_latents import decoded, encoded
from ..sd15_loading import sd15_pipeline
from ..sd15_memory import sd15_drawing_bytes, sd15_parts
from ..sd15_request import GUIDANCE, NEGATIVE, STEPS, TEXT_TOKENS
from .tiles import in_tiles, starts

# FAQ of Coyote-A/ultimate-upscale-for-automatic1111 (wiki): 0.35 to enhance, 0.15 to 0.20 where nothing should change.
# Between them, since a garment must stay what it is. Tiles as the model was trained, which that FAQ takes too.
STRENGTH = 0.25
TILE_PX, OVERLAP_PX = 512, 64
MOST_TILE_PX = 1024
KEEP_BYTES = 2**28
DEFAULTS = PipelineOptions(keep_gib=0.25)  # words are small


class Sd15Refine:
    """images[0] in its own size with finer detail, told by the request's words and its noise.

    Of its mask and further pictures nothing is read: what must stay, the caller lays back.

    pipe      StableDiffusionImg2ImgPipeline, whose UNet has 4 channels
    strength  where a request names none: the share of the steps that are done
    tile_px   side of a tile, a multiple of 8 from 64 on
    """

    takes = ("negative_prompt",)

    def __init__(
        self,
        pipe: Any,
        card: ModelCard,
        *,
        strength: float = STRENGTH,
        tile_px: int = TILE_PX,
        keep_bytes: int = KEEP_BYTES,
        spill_bytes: int = 0,
    ):
        self.pipe, self.card, self.strength, self.tile_px = pipe, card, strength, tile_px
        self.overlap_px = min(OVERLAP_PX, tile_px // 2)
        self.kept = Kept(keep_bytes, tensor_bytes, spill_bytes=spill_bytes)
        self._tokens = PromptTokens(pipe.tokenizer)

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB. raises as `check`."""
        return self.metered([(request,)])[0].value

    def metered(self, calls: Sequence[tuple[EditRequest]]) -> list[Answer]:
        """One picture a request, with the denoising steps of all its tiles."""
        for (request,) in calls:
            self.check(request)
        return [self._answered(request) for (request,) in calls]

    def fits(self, prompt: str) -> bool:
        """False where the encoder would cut the words. No device work; any thread may ask."""
        return self._tokens(prompt) <= TEXT_TOKENS

    def check(self, request: EditRequest) -> None:
        """Before a weight is touched.

        raises   BadInput for what this model cannot honour, Refused for words that it would cut
        """
        name, settings = self.card.name, request.settings
        if not request.images:
            raise BadInput(f"{name} needs a picture to refine, and got none")
        if request.control is not None or settings.size is not None:
            raise BadInput(f"{name} refines a picture in its own size and by no control map; leave both out")
        left_out, steps = self._left_out(request), self._steps(request)
        if left_out in (0, steps):
            why = "no step, so nothing would stay" if left_out == 0 else f"all {steps} steps, so nothing would change"
            raise BadInput(
                f"{name} at strength {self._strength(request):g} leaves out {why}; give another, or more steps"
            )
        for words in (request.prompt, self._negative(request)):
            if not self.fits(words):
                raise Refused(
                    "too_many_words",
                    f"{name} reads {TEXT_TOKENS} tokens of words and got {self._tokens(words)}; say less",
                )

    def _answered(self, request: EditRequest) -> Answer:
        import torch

        start = time.perf_counter()
        picture = padded(request.images[0].convert("RGB"), LATENT_PX)
        with torch.inference_mode():
            refined = cropped(self._refined(request, picture), request.images[0].size)
        tiles = [len(starts(side, self.tile_px, self.overlap_px)) for side in picture.size]
        steps = tiles[0] * tiles[1] * (self._steps(request) - self._left_out(request))
        return Answer(refined, Spent(calls=1, seconds=time.perf_counter() - start, steps=steps))

    def _refined(self, request: EditRequest, picture: Image.Image) -> Image.Image:
        pipe, guided = self.pipe, self._guided(request)
        sides = [side // LATENT_PX for side in reversed(picture.size)]
        noise_14HW = latent_noise(request.noise, (1, pipe.vae.config.latent_channels, *sides))

        def drawn(tile_hw3: np.ndarray, place: tuple[int, int]) -> np.ndarray:
            (h, w), (left, top) = (side // LATENT_PX for side in tile_hw3.shape[:2]), (at // LATENT_PX for at in place)
            noise_14hw = noise_14HW[:, :, top : top + h, left : left + w].to(pipe._execution_device)
            latents_14hw = encoded(pipe, self.kept, Image.fromarray(tile_hw3))
            held = Masked(latents_14hw, None, latents_14hw.new_ones(1, 1, h, w), self._left_out(request))
            return np.asarray(decoded(pipe, denoised(pipe, noise_14hw, self._steps(request), guided, held))[0])

        return Image.fromarray(in_tiles(np.asarray(picture), drawn, tile_px=self.tile_px, overlap_px=self.overlap_px))

    def _guided(self, request: EditRequest) -> Guided:
        words = {
            prompt: self.kept.get(
                ("words", prompt), lambda prompt=prompt: self.pipe.encode_prompt([prompt], self._device, 1, False)[0]
            )
            for prompt in (request.prompt, self._negative(request))
        }
        guidance = request.settings.guidance
        return Guided(
            words_BLD=words[request.prompt],
            negative_BLD=words[self._negative(request)],
            scale=GUIDANCE if guidance is None else guidance,
            maps=(),
            control_scale=0,
        )

    @property
    def _device(self) -> Any:
        return self.pipe._execution_device

    def _negative(self, request: EditRequest) -> str:
        return request.settings.negative_prompt or NEGATIVE

    def _steps(self, request: EditRequest) -> int:
        return request.settings.steps or STEPS

    def _strength(self, request: EditRequest) -> float:
        return self.strength if request.settings.strength is None else request.settings.strength

    def _left_out(self, request: EditRequest) -> int:
        return steps_left_out(self._steps(request), self._strength(request))


def build(
    name: str, *, options: PipelineOptions = DEFAULTS, strength: float = STRENGTH, tile_px: int = TILE_PX
) -> Sd15Refine:
    """The enhancer on a device; its safety checker is not loaded. Tiles are drawn one after the other, so `at_once`
    changes nothing.

    strength  between 0 and 1: the share of the steps that are done
    tile_px   side of a tile in pixels, a multiple of 8 from 64 to 1024: less is less memory
    raises    MissingWeights; BadInput
    """
    _check_options(name, options, strength, tile_px)
    options = placed(name, options)
    checkpoint = find(name, options.weights, options.revision)
    working = sd15_drawing_bytes(
        checkpoint.folder,
        controlnets=0,
        at_once=1,
        dtype_bytes=DTYPES[options.dtype],
        max_side=tile_px,
        tiling=options.tiling,
    )
    plan = decide(name, sd15_parts(checkpoint.folder, ()), working, options)
    pipe = sd15_pipeline("StableDiffusionImg2ImgPipeline", checkpoint.folder, plan)
    place_pipeline(pipe, plan, options)
    card = checkpoint.card(
        steps=STEPS,
        guidance=GUIDANCE,
        strength=strength,
        negative_prompt=NEGATIVE,
        tile_px=tile_px,
        overlap_px=min(OVERLAP_PX, tile_px // 2),
        safety_checker=False,
        dtype=plan.dtype,
        policy=plan.policy,
        **options.recorded(),
    )
    return Sd15Refine(
        pipe, card, strength=strength, tile_px=tile_px, keep_bytes=plan.keep_bytes, spill_bytes=options.spill_bytes
    )


def _check_options(name: str, options: PipelineOptions, strength: Any, tile_px: Any) -> None:
    if options.attention:
        raise BadInput(f"{name} computes attention as PyTorch itself does and takes no other; leave attention out")
    if isinstance(strength, bool) or not isinstance(strength, int | float) or not 0 < strength < 1:
        raise BadInput(f"strength of {name} lies between 0 and 1, {got(strength)}")
    whole = isinstance(tile_px, int) and not isinstance(tile_px, bool)
    if not whole or tile_px % LATENT_PX or not 8 * LATENT_PX <= tile_px <= MOST_TILE_PX:
        raise BadInput(f"tile_px of {name} is a multiple of {LATENT_PX} from 64 to {MOST_TILE_PX}, {got(tile_px)}")
