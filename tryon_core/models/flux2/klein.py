"""FLUX.2 Klein draws: person and garment as references, four steps, different pairs in one batch.

The pipeline's own parts are called one after the other instead of its `__call__`, which shares one reference list over
a batch and encodes it at every call. What depends on words or references alone outlives a call here: the words as the
encoder gives them, the references' latents and, for the KV checkpoint, their keys and values in every layer.

Shapes: B samples; L text tokens; R reference tokens; N tokens of the drawn picture; C channels of a token; D of a word.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...errors import BadInput, Refused
from ...images import digest
from ...records import EditRequest, ModelCard
from ..device.cache import Kept, samples_kept, tensor_bytes
from ..device.memory import REFERENCE_TOKENS, reference_keys
from ..diffusion.latent_frame import MULTIPLE_PX, cropped, fitted
from ..diffusion.latent_noise import latent_noise
from .denoising import GUIDANCE, STEPS, beside, denoised, word_arguments
from .flux2_keys import with_keys
from .flux2_masked import check_mask, held, outside_kept, steps_left_out
from .flux2_words import TEXT_TOKENS, TokenCount
from .latents import References, decoded, encoded
from .lora import acting

KEEP_BYTES = 8 * 2**30


class Flux2Klein:
    """Draws images[0]'s person with the other images as references; any number of requests in one batch.

    The picture has the size of images[0], or of settings.size; over 1 megapixel it is scaled down, its aspect ratio
    kept. Sides that are no multiples of 16 are continued at the border for the model and cut again. With a mask only
    what lies inside is drawn, by settings.strength (flux2_inpaint); not by the KV checkpoint.

    LoRAs may be switched between calls (`pipe.set_adapters`, `pipe.disable_lora`): what is kept is kept apart by what
    acts. The card goes on telling what was loaded, so a run that records its pictures should not switch them.

    pipe         Flux2KleinPipeline, or Flux2KleinKVPipeline for the KV checkpoint
    keep_bytes   how much of references and words may be kept between calls, on the pipeline's device
    spill_bytes  how much of what that has no room for may be kept in the host's memory
    """

    def __init__(
        self, pipe: Any, card: ModelCard, *, steps: int = STEPS, keep_bytes: int = KEEP_BYTES, spill_bytes: int = 0
    ):
        self.pipe, self.card, self.steps = pipe, card, steps
        self.keeps_keys = type(pipe).__name__ == "Flux2KleinKVPipeline"
        small = {"budget_bytes": keep_bytes // 8, "spill_bytes": spill_bytes // 8}
        large = {"budget_bytes": keep_bytes * 6 // 8, "spill_bytes": spill_bytes * 6 // 8}  # keys of every layer
        self.words = Kept(size_of=tensor_bytes, **small)
        self.latents = Kept(size_of=tensor_bytes, **small)
        self.keys = Kept(size_of=tensor_bytes, **large)
        self._tokens = TokenCount(pipe.tokenizer)

    @property
    def takes(self) -> tuple[str, ...]:
        """What of a request beside words and pictures it honours."""
        return () if self.keeps_keys else ("mask",)

    @property
    def tools(self) -> tuple[str, ...]:
        """Arguments of flows that it can fill itself."""
        return () if self.keeps_keys else ("inpainter",)

    @property
    def samples_kept(self) -> int | None:
        """How many samples in turn find their references again; None where they are not kept. A run that works on more
        of them at a time draws each attempt's references anew."""
        return samples_kept(self.of_references)

    @property
    def of_references(self) -> tuple[Kept, int]:
        """What is kept of a sample's references, and at most how many bytes of it at a megapixel each."""
        config = self.pipe.transformer.config
        if self.keeps_keys:
            return self.keys, reference_keys(config) * self.pipe.transformer.dtype.itemsize
        return self.latents, REFERENCE_TOKENS * config.in_channels * self.pipe.transformer.dtype.itemsize

    def hit_rates(self) -> dict[str, tuple[int, int]]:
        """Name of what is kept -> (how often it was found, how often it was asked for)."""
        shelves = {"words": self.words, "reference latents": self.latents}
        shelves |= {"reference keys": self.keys} if self.keeps_keys else {}
        return {name: kept.found for name, kept in shelves.items()}

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB. raises as `check`."""
        return self.batch([(request,)])[0]

    def batch(self, calls: Sequence[tuple[EditRequest]]) -> list[Image.Image]:
        """One picture a request; requests whose pictures have the same sizes are drawn together."""
        import torch

        requests = [request for (request,) in calls]
        buckets: defaultdict[tuple, list[int]] = defaultdict(list)
        for number, request in enumerate(requests):
            self.check(request)
            buckets[self._layout(request)].append(number)
        drawn: dict[int, Image.Image] = {}
        with torch.inference_mode():
            for (size, *_), numbers in buckets.items():
                pictures = self._draw([requests[number] for number in numbers], size)
                drawn |= dict(zip(numbers, pictures, strict=True))
        return [drawn[number] for number in range(len(requests))]

    def fits(self, prompt: str) -> bool:
        """False where the encoder would cut the words. No device work; any thread may ask."""
        return self._tokens(prompt) <= TEXT_TOKENS

    def check(self, request: EditRequest) -> None:
        """Before a weight is touched.

        raises   BadInput for settings that this model cannot honour, Refused for a sample that it cannot draw
        """
        settings, name = request.settings, self.card.name
        given = {
            "guidance": settings.guidance not in (None, GUIDANCE),
            "strength without a mask": settings.strength is not None and request.mask is None,
            "negative_prompt": bool(settings.negative_prompt),
            "control": request.control is not None,
        }
        if any(given.values()):
            refused = ", ".join(setting for setting, is_given in given.items() if is_given)
            raise BadInput(f"{name} is distilled and cannot honour {refused}; leave them out")
        if not request.images:
            raise BadInput(f"{name} needs a picture to edit, and got none")
        if request.mask is not None:
            if self.keeps_keys:
                raise BadInput(f"{name} cannot draw inside a mask; leave it out, or take {name.removesuffix('-kv')}")
            check_mask(name, request, self._steps(request))
        self._decline(request)

    def _decline(self, request: EditRequest) -> None:
        """raises Refused for what lies in the sample, so that the others of a run go on"""
        name = self.card.name
        for image in request.images:
            if max(image.size) > 8 * min(image.size):
                raise Refused(
                    "aspect_ratio",
                    f"{name} takes pictures up to 8 times as long as wide, got {image.width} x {image.height}",
                )
        if found := self._tokens.control(request.prompt):
            raise Refused("control_token", f"{name} reads {found} as a command to itself; write the words without it")
        if not self.fits(request.prompt):
            raise Refused(
                "too_many_words",
                f"{name} reads {TEXT_TOKENS} tokens of words and got {self._tokens(request.prompt)}; say less",
            )

    def _layout(self, request: EditRequest) -> tuple:
        """What must be equal for requests to share a batch: drawn size, steps, how many of them a mask's strength
        leaves out, and the references' sizes in order."""
        steps, size = self._steps(request), request.settings.size or fitted(request.images[0]).size
        left_out = steps_left_out(steps, request.settings.strength) if request.mask else None
        return (size, steps, left_out, *(fitted(image).size for image in request.images))

    def _steps(self, request: EditRequest) -> int:
        return request.settings.steps or self.steps

    def _draw(self, requests: Sequence[EditRequest], size: tuple[int, int]) -> list[Image.Image]:
        """All of one layout: words, references, noise, denoising, decoding."""
        import torch

        pipe, transformer, steps = self.pipe, self.pipe.transformer, self._steps(requests[0])
        width, height = (side + -side % MULTIPLE_PX for side in size)
        words_BLD = torch.cat([self._words(request.prompt) for request in requests])
        references = self._references(requests)
        shape = (1, transformer.config.in_channels, height // MULTIPLE_PX, width // MULTIPLE_PX)
        noise = torch.cat([latent_noise(request.noise, shape) for request in requests])
        noise_BNC, ids_BN4 = pipe.prepare_latents(
            batch_size=len(requests),
            num_latents_channels=transformer.config.in_channels // 4,
            height=height,
            width=width,
            dtype=words_BLD.dtype,
            device=pipe._execution_device,
            generator=None,
            latents=noise,
        )
        arguments = word_arguments(pipe, words_BLD)
        if self.keeps_keys:
            predict = with_keys(transformer, ids_BN4, references, arguments, self.keys)
        else:
            predict = beside(transformer, ids_BN4, references, arguments)
        outside = held(requests, references.latents_BRC, noise_BNC, steps) if requests[0].mask else None
        latents_BNC = denoised(pipe, noise_BNC, steps, predict, outside)
        pictures = [cropped(picture, size) for picture in decoded(pipe, latents_BNC, (width, height))]
        return [
            outside_kept(request, picture) if request.mask else picture
            for request, picture in zip(requests, pictures, strict=True)
        ]

    def _words(self, prompt: str):
        """(1, L, D), kept by the text."""
        pipe = self.pipe
        return self.words.get(
            (prompt, self._weights(pipe.text_encoder)),
            lambda: pipe.encode_prompt(prompt=[prompt], max_sequence_length=TEXT_TOKENS)[0],
        )

    def _references(self, requests: Sequence[EditRequest]) -> References:
        """Tokens, kept by what the pictures show; for what the transformer makes of them its LoRAs are in the key."""
        import torch

        shown = [tuple((digest(image), image.size) for image in request.images) for request in requests]
        vae, transformer = (self._weights(part) for part in (self.pipe.vae, self.pipe.transformer))
        rows = [
            self.latents.get((key, vae), lambda request=request: encoded(self.pipe, request.images))
            for key, request in zip(shown, requests, strict=True)
        ]
        latents, ids = (torch.cat(parts) for parts in zip(*rows, strict=True))
        return References(latents, ids, tuple((key, vae, transformer) for key in shown))

    def _weights(self, part: Any) -> tuple:
        """Which weights a component has at this moment."""
        return (self.card.revision, *acting(self.pipe, part))
