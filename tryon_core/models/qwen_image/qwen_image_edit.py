"""Qwen-Image-Edit draws a picture anew by words and by the pictures it is shown.

The pipelines' parts are called one after the other instead of their `__call__`, of which the newer one takes a single
sample, and which encode pictures and words anew at each call. tests/models/qwen_image holds the pictures to theirs.
Inside a mask see qwen_image_masked.
"""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...errors import Refused
from ...images import digest
from ...records import EditRequest, Fix, ModelCard
from ..device.cache import Kept, tensor_bytes
from ..diffusion.by_layout import DrawsByLayout
from ..diffusion.latent_frame import LATENT_PX, MULTIPLE_PX
from ..diffusion.latent_noise import latent_noise
from ..diffusion.prompt_tokens import PromptTokens
from .qwen_image_checks import check_asked
from .qwen_image_denoising import Guide, Words, denoised
from .qwen_image_kinds import TEXT_TOKENS, Kind
from .qwen_image_latents import decoded, encoded, packed, resized
from .qwen_image_masked import held
from .qwen_image_request import QwenImageAsked, near

KEEP_BYTES = 2**30


class QwenImageEdit(DrawsByLayout):
    """Edits images[0]; the newer checkpoints look at up to three pictures, such as a person and a garment.

    It draws about a megapixel, whatever the picture's size, as it was trained, in about the picture's aspect ratio, and
    gives back the picture's own size; with settings.size, both sides multiples of 16, it draws and gives back that.
    Pictures behind the first are shown to it in sizes of their own.

    With a mask only what lies inside is drawn, by settings.strength, 0.6 where a request does not say; every other
    pixel of images[0] stays, and the picture has its size. The older checkpoint is shown images[0] alone, so that
    another person reaches it as words; the newer ones see the pictures behind it, too.

    Guidance is true classifier-free guidance, 4 where a request does not say: the transformer works twice a step, and
    the picture is led away from what it draws by the negative words, which are one space where a request has none, as
    in the model cards. A guidance of 1 leads away from nothing, in half the time, and takes no negative words.

    Requests whose pictures are shown in equal sizes are drawn together.

    pipe   QwenImageEditPipeline or QwenImageEditPlusPipeline, as kind.pipeline says
    kind   how it is shown pictures
    """

    tools = ("inpainter",)
    takes = ("mask", "negative_prompt")
    min_images = 1
    text_tokens = TEXT_TOKENS

    def __init__(self, pipe: Any, card: ModelCard, *, kind: Kind, keep_bytes: int = KEEP_BYTES, spill_bytes: int = 0):
        self.pipe, self.card, self.kind = pipe, card, kind
        self.kept = Kept(keep_bytes, tensor_bytes, spill_bytes=spill_bytes)
        self._tokens = PromptTokens(pipe.tokenizer)

    @property
    def unmasked_images(self) -> int:
        """How many pictures a request may have."""
        return self.kind.most_images

    @property
    def masked_images(self) -> int:
        """How many a request with a mask may have: inside it no fewer are seen."""
        return self.kind.most_images

    def reads(self, prompt: str, fixes: tuple[Fix, ...] = ()) -> str:
        words = super().reads(prompt, fixes).partition(";")[0]
        return f"{words}; it looks at the first picture" if self.kind.most_images == 1 else f"{words}, and all pictures"

    def check(self, request: EditRequest) -> QwenImageAsked:
        """Before a weight is touched; returns what is asked, with defaults.

        raises   BadInput for what this model cannot honour, Refused for a sample that it cannot draw
        """
        asked, settings, name = QwenImageAsked(request, self.kind), request.settings, self.card.name
        check_asked(name, asked)
        for words in (request.prompt, settings.negative_prompt):
            if control := self._tokens.control(words):
                raise Refused("control_token", f"{name} reads {control} as a command to itself; write it without")
            if not self.fits(words):
                count = self._tokens(words)
                raise Refused("too_many_words", f"{name} reads {TEXT_TOKENS} tokens of words and got {count}; say less")
        return asked

    def _drawn(self, together: Sequence[QwenImageAsked]) -> list[Image.Image]:
        import torch

        pipe, first = self.pipe, together[0]
        width, height = first.size
        shape = (1, pipe.vae.config.z_dim, height // LATENT_PX, width // LATENT_PX)
        noise_Bchw = torch.cat([latent_noise(asked.request.noise, shape) for asked in together])
        sizes, negative = (first.size, *first.shown_sizes), None
        if first.guidance > 1:
            negative = self._words([(asked.negative, asked.request.images) for asked in together])
        guide = Guide(
            words=self._words([(asked.request.prompt, asked.request.images) for asked in together]),
            beside_BRC=torch.cat([self._shown(asked) for asked in together]),
            grids=[(1, height // MULTIPLE_PX, width // MULTIPLE_PX) for width, height in sizes],
            negative=negative,
            scale=first.guidance,
        )
        noise_BNC = packed(pipe, noise_Bchw).to(pipe._execution_device)
        outside = held(pipe, together, guide.beside_BRC) if first.is_masked else None
        pictures = decoded(pipe, denoised(pipe, noise_BNC, first.steps, guide, outside), first.size)
        return [_finished(*each) for each in zip(together, pictures, strict=True)]

    def _shown(self, asked: QwenImageAsked):
        """(1, R, C): the tokens of all its pictures, one behind the other."""
        import torch

        shown = zip(asked.request.images, asked.shown_sizes, strict=True)
        return torch.cat([encoded(self.pipe, self.kept, *each) for each in shown], dim=1)

    def _words(self, rows: Sequence[tuple[str, Sequence[Image.Image]]]) -> Words:
        """Of words and the pictures they are read with; the shorter are padded to the longest."""
        import torch

        read = [self._read(*row) for row in rows]
        lengths = torch.tensor([len(words_LD) for words_LD in read])
        words_BLD = torch.nn.utils.rnn.pad_sequence(read, batch_first=True)
        is_word_BL = torch.arange(words_BLD.shape[1]) < lengths[:, None]
        return Words(words_BLD, None if is_word_BL.all() else is_word_BL.to(words_BLD.device))

    def _read(self, words: str, images: Sequence[Image.Image]):
        """(L, D) of the text encoder, kept by what it reads and sees."""
        pipe, area_px = self.pipe, self.kind.read_px or self.kind.drawn_px

        def read():
            seen = [resized(image, near(image.size, area_px)) for image in images]
            return pipe.encode_prompt([words], image=seen, device=pipe._execution_device)[0][0]

        return self.kept.get(("words", words, *map(digest, images)), read)


def _finished(asked: QwenImageAsked, drawn: Image.Image) -> Image.Image:
    """In its own size; outside its mask every pixel as it was."""
    picture = resized(drawn, asked.own_size)
    if not asked.is_masked:
        return picture
    return Image.composite(picture, asked.request.images[0].convert("RGB"), asked.request.mask)
