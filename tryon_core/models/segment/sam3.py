"""SAM 3 by words: every thing in a picture that a noun means, with the model's confidence."""

# Shapes: K things; h, w rows and columns of a mask.
from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...errors import BadInput
from ...images import digest
from ...records import ModelCard
from ...roles import Mask, SegmentPrompt
from ..device.attention import check_model_attention
from ..device.cache import Kept, tensor_bytes
from ..device.memory import parts_of
from ..device.options import DTYPES
from ..device.placing import placed_model
from ..device.residency import decide, placed
from ..hub.weights import find
from .held_whole import DEFAULTS, SegmenterOptions
from .picture_tensors import HALF, mask_picture, pixel_values
from .working_bytes import sam3_bytes

WORD_TOKENS = 32  # that words are padded to: transformers 5.23, models/sam3/processing_sam3.py
CONFIDENT, INSIDE = 0.3, 0.5  # the defaults of its post_process_instance_segmentation: of a thing, and of a pixel


class Sam3:
    """A mask for each thing that the words mean, the surest first; none where there is none. A mask's score is the
    model's confidence that it is such a thing, not an estimate of its IoU.

    What it reads of a picture is kept for the next words on it.

    keep_bytes, spill_bytes  how much may be kept, on the model's device and in the host's memory
    """

    takes = ("words",)

    def __init__(
        self, model: Any, tokenizer: Any, card: ModelCard, *, confident: float, keep_bytes: int, spill_bytes: int
    ):
        self.model, self.tokenizer, self.card, self.confident = model, tokenizer, card, confident
        side = model.config.vision_config.backbone_config.image_size
        self.side = side if isinstance(side, int) else side[0]
        self.read = Kept(keep_bytes, tensor_bytes, spill_bytes=spill_bytes)

    def hit_rates(self) -> dict[str, tuple[int, int]]:
        """Name of what is kept -> (how often it was found, how often it was asked for)."""
        return {"the segmenter's pictures": self.read.found}

    def __call__(self, image: Image.Image, prompt: SegmentPrompt) -> Sequence[Mask]:
        """Masks of the picture's size, 0 and 255. raises   BadInput for points, a box, or a prompt without words"""
        import torch

        tokens = self._tokens(prompt)
        with torch.inference_mode():
            states, positions = self.read.get(digest(image), lambda: self._read(image))
            found = self.model(vision_embeds=_seen(states, positions), **tokens)
            scores_K = (found.pred_logits.sigmoid() * found.presence_logits.sigmoid())[0].float()
            sure = (scores_K > self.confident).nonzero().flatten()
            return [
                Mask(
                    image=mask_picture(found.pred_masks[0, k].float().sigmoid(), image.size, above=INSIDE),
                    score=float(scores_K[k]),
                    label=prompt.words,
                )
                for k in sure[scores_K[sure].argsort(descending=True)].tolist()
            ]

    def _tokens(self, prompt: SegmentPrompt) -> dict[str, Any]:
        if prompt.points or prompt.box or not prompt.words:
            raise BadInput(
                f"{self.card.name} takes words alone here, such as 'striped shirt'; for points, a box, or whatever "
                "stands apart take sam2.1-tiny or cutout"
            )
        tokens = self.tokenizer(prompt.words, return_tensors="pt", padding="max_length", max_length=WORD_TOKENS)
        if tokens["input_ids"].shape[1] > WORD_TOKENS:
            raise BadInput(f"{self.card.name} reads {WORD_TOKENS} tokens of words, got {tokens['input_ids'].shape[1]}")
        return {name: tokens[name].to(self.model.device) for name in ("input_ids", "attention_mask")}

    def _read(self, image: Image.Image) -> tuple[tuple, tuple]:
        """Features of the picture and their positions, by level."""
        pixels = pixel_values(image, self.side, HALF, HALF)
        seen = self.model.get_vision_features(pixels.to(self.model.device, self.model.dtype))
        return tuple(seen.fpn_hidden_states), tuple(seen.fpn_position_encoding)


def _seen(states: tuple, positions: tuple) -> Any:
    from transformers.models.sam3.modeling_sam3 import Sam3VisionEncoderOutput

    return Sam3VisionEncoderOutput(fpn_hidden_states=states, fpn_position_encoding=positions)


def build(name: str, *, options: SegmenterOptions = DEFAULTS, confident: float = CONFIDENT) -> Sam3:
    """A SAM 3 on a device.

    Without torchvision the library hides the class behind a stand-in that only complains, so it is taken from its
    module: nothing but its boxes needs torchvision (roi_align), and words go past them.

    options    where its weights are and how they are held
    confident  above which a thing counts, 0-1
    raises     MissingWeights; BadInput
    """
    from transformers import CLIPTokenizer
    from transformers.models.sam3.modeling_sam3 import Sam3Model

    if isinstance(confident, bool) or not isinstance(confident, int | float) or not 0 <= confident <= 1:
        raise BadInput(f"confident of {name} is a share, 0 to 1, got {confident!r}")
    options = placed(name, options)
    check_model_attention(name, options.attention, options.device, options.dtype)
    checkpoint = find(name, options.weights, options.revision)
    working = sam3_bytes(checkpoint.folder, dtype_bytes=DTYPES[options.dtype])
    plan = decide(name, parts_of(checkpoint.folder), working, options)
    model = placed_model(Sam3Model, checkpoint.folder, plan, attention=options.attention)
    tokenizer = CLIPTokenizer.from_pretrained(checkpoint.folder)
    card = checkpoint.card(dtype=plan.dtype, policy=plan.policy, confident=confident, **options.recorded())
    return Sam3(
        model, tokenizer, card, confident=confident, keep_bytes=plan.keep_bytes, spill_bytes=options.spill_bytes
    )
