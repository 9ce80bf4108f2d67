"""What all FLUX.1 models do alike: words, noise, denoising and decoding of requests of one layout.

The pipelines' parts are called one after the other instead of their `__call__`, which draw the VAE's latents at random,
look at one pixel of 64 of a mask and encode words anew at each call. tests/models/flux1 holds the pictures to theirs.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from PIL import Image

from ...errors import MissingWeights, Refused
from ...images import digest
from ...records import EditRequest, Fix, ModelCard
from ..device.cache import Kept, tensor_bytes
from ..device.quiet_loading import clip_cut_short
from ..diffusion.by_layout import DrawsByLayout
from ..diffusion.held_outside import Held
from ..diffusion.latent_frame import LATENT_PX, MULTIPLE_PX, unframed
from ..diffusion.latent_noise import latent_noise
from ..diffusion.prompt_tokens import PromptTokens
from .flux1_denoising import Guide, Words, denoised
from .flux1_kinds import Kind
from .flux1_latents import decoded
from .flux1_redux import Redux
from .flux1_request import MOST_MASKED, Flux1Asked

KEEP_BYTES = 2**30


class Flux1(DrawsByLayout):
    """A FLUX.1 model over its parts: `checked`, what of a request it refuses; `beside` and `outside`, what it draws
    from beside words and noise.

    pipe            of diffusers, as kind.pipeline says
    kind            what it draws with where a request does not say
    redux           what sees a garment's picture; None where none is looked at
    unseen          why a garment's picture cannot be seen though it should be, in a sentence; '' where it can
    negative_scale  of true classifier-free guidance, where a request has negative words
    """

    looks_at: ClassVar[str]  # what of a request it reads, for its card

    def __init__(
        self,
        pipe: Any,
        card: ModelCard,
        *,
        kind: Kind,
        redux: Redux | None = None,
        unseen: str = "",
        negative_scale: float = 1.0,
        keep_bytes: int = KEEP_BYTES,
        spill_bytes: int = 0,
    ):
        self.pipe, self.card, self.kind = pipe, card, kind
        self.redux, self.unseen, self.negative_scale = redux, unseen, negative_scale
        self.text_tokens = kind.text_tokens  # of T5; the pooled words are of CLIP, which reads the first 77
        self.kept = Kept(keep_bytes, tensor_bytes, spill_bytes=spill_bytes)
        self._tokens = PromptTokens(pipe.tokenizer_2)

    @property
    def masked_images(self) -> int:
        """How many pictures of a request with a mask it looks at: the one to edit, and one behind it by Redux."""
        return MOST_MASKED if self.redux is not None or self.unseen else 1

    def check(self, request: EditRequest) -> Flux1Asked:
        """Before a weight is touched; returns what is asked, with defaults.

        raises   BadInput for what this model cannot honour, Refused for a sample that it cannot draw, MissingWeights
                 for a garment's picture where the weights that would see it are not here
        """
        asked = Flux1Asked(request, self.kind, sees_garments=self.redux is not None)
        self.checked(asked)
        if asked.is_masked and request.images[1:] and self.unseen:
            raise MissingWeights(self.unseen)
        for words in (request.prompt, asked.negative):
            if not self.fits(words):
                count, most = self._tokens(words), self.text_tokens
                raise Refused(
                    "too_many_words", f"{self.card.name} reads {most} tokens of words and got {count}; say less"
                )
        return asked

    def reads(self, prompt: str, fixes: tuple[Fix, ...] = ()) -> str:
        words = super().reads(prompt, fixes)
        return words if self.redux is None else f"{words.partition(';')[0]}; a garment's picture it sees by Redux"

    def checked(self, asked: Flux1Asked) -> None:
        """raises   BadInput, Refused for what this model cannot draw"""
        raise NotImplementedError

    def beside(self, together: Sequence[Flux1Asked]) -> Any:
        """(B, N, C) tokens that the transformer sees beside the picture's; None where it sees none."""
        return None

    def outside(self, together: Sequence[Flux1Asked]) -> Held | None:
        """What holds the pictures outside their masks; None where they have none."""
        return None

    def _drawn(self, together: Sequence[Flux1Asked]) -> list[Image.Image]:
        import torch

        pipe, first = self.pipe, together[0]
        width, height = (side + -side % MULTIPLE_PX for side in first.size)
        shape = (1, pipe.vae.config.latent_channels, height // LATENT_PX, width // LATENT_PX)
        noise_Bchw = torch.cat([latent_noise(asked.request.noise, shape) for asked in together])
        guide = Guide(
            words=self._words([(asked.request.prompt, asked.garment) for asked in together]),
            guidance=first.guidance,
            beside_BNC=self.beside(together),
            negative=self._words([(asked.negative, None) for asked in together]) if first.negative else None,
            negative_scale=self.negative_scale,
        )
        noise_Bchw = noise_Bchw.to(pipe._execution_device)
        latents_BNC = denoised(pipe, noise_Bchw, first.steps, guide, self.outside(together))
        pictures = decoded(pipe, latents_BNC, (width, height))
        return [_finished(*each) for each in zip(together, pictures, strict=True)]

    def _words(self, rows: Sequence[tuple[str, Image.Image | None]]) -> Words:
        """Kept by the text; behind them what a garment's picture says, kept by what it shows."""
        import torch

        words, pooled = [], []
        for prompt, garment in rows:
            words_1LD, pooled_1P = self.kept.get(("words", prompt), partial(self._encoded, prompt))
            if garment is not None:
                seen_1RD = self.kept.get(("garment", digest(garment)), partial(self.redux, garment))
                words_1LD = torch.cat([words_1LD, seen_1RD], dim=1)
            words.append(words_1LD)
            pooled.append(pooled_1P)
        return Words(torch.cat(words), torch.cat(pooled))

    def _encoded(self, prompt: str) -> tuple:
        device = self.pipe._execution_device
        with clip_cut_short(self.pipe):
            return self.pipe.encode_prompt([prompt], device=device, max_sequence_length=self.text_tokens)[:2]


def _finished(asked: Flux1Asked, drawn: Image.Image) -> Image.Image:
    """In its own size; outside its mask every pixel as it was."""
    picture = unframed(drawn, asked.size, asked.own_size)
    if not asked.is_masked:
        return picture
    return Image.composite(picture, asked.request.images[0].convert("RGB"), asked.request.mask)
