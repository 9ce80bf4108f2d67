"""A SegFormer that names every pixel of a person, in the 18 classes of the published clothes parsers."""

# Shapes: B pictures; C classes; H, W rows and columns of the picture at most WORKING_SIDE_PX long.
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
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
from .picture_tensors import IMAGENET_MEAN, IMAGENET_STD, full_size, pixel_values
from .prompts import part_of
from .working_bytes import segformer_bytes

SIDE = 512  # that the published parsers were trained at: size of their preprocessor_config.json
WORKING_SIDE_PX = 1024

_LOWER = ("Pants", "Skirt")
_CLOTHES = ("Upper-clothes", "Dress", *_LOWER, "Belt", "Scarf")
_LIMBS = ("Left-arm", "Right-arm", "Left-leg", "Right-leg")
# part -> the checkpoint's names of its classes (id2label of mattmdjaga/segformer_b2_clothes: those of the ATR data)
PARTS: dict[str, tuple[str, ...]] = {
    "garment": _CLOTHES,
    "clothes": _CLOTHES,
    "upper": ("Upper-clothes",),
    "lower": _LOWER,
    "trousers": ("Pants",),
    "skirt": ("Skirt",),
    "dress": ("Dress",),
    "belt": ("Belt",),
    "scarf": ("Scarf",),
    "hat": ("Hat",),
    "hair": ("Hair",),
    "sunglasses": ("Sunglasses",),
    "face": ("Face",),
    "arms": ("Left-arm", "Right-arm"),
    "legs": ("Left-leg", "Right-leg"),
    "skin": ("Face", *_LIMBS),
    "shoes": ("Left-shoe", "Right-shoe"),
    "bag": ("Bag",),
    "background": ("Background",),
}


class ClothesParser:
    """Masks by words; without a prompt one for each class that is there, the surest first. A mask's score is the mean
    probability of the part inside it: its own estimate of how much of the mask is right, not of what it misses.

    Pixels are named at a side of at most 1,024; the published parsers name them at the picture's own size. What it
    reads of a picture is kept for the next words on it.

    keep_bytes, spill_bytes  how much may be kept, on the model's device and in the host's memory
    """

    takes = ("words",)

    def __init__(self, model: Any, card: ModelCard, *, keep_bytes: int, spill_bytes: int):
        self.model, self.card = model, card
        self.read = Kept(keep_bytes, tensor_bytes, spill_bytes=spill_bytes)
        self.classes = {label: int(number) for number, label in model.config.id2label.items()}
        missing = sorted({label for labels in PARTS.values() for label in labels} - self.classes.keys())
        if missing:
            raise BadInput(
                f"{card.name}: the weights have no class {', '.join(missing)}; give those of a clothes parser with the "
                "18 classes of ATR, such as mattmdjaga/segformer_b2_clothes"
            )

    def hit_rates(self) -> dict[str, tuple[int, int]]:
        """Name of what is kept -> (how often it was found, how often it was asked for)."""
        return {"the segmenter's pictures": self.read.found}

    def __call__(self, image: Image.Image, prompt: SegmentPrompt) -> Sequence[Mask]:
        """Masks of the picture's size, 0 and 255; none where no pixel is most probably of the part.

        raises   UnknownName for a part that it has no class for; BadInput for points or a box
        """
        return self.batch([(image, prompt)])[0]

    def batch(self, calls: Sequence[tuple[Image.Image, SegmentPrompt]]) -> list[list[Mask]]:
        """Several pictures and prompts; each picture is read once, all in one forward pass."""
        parts = [self._part(prompt) for _, prompt in calls]
        pictures = {digest(image): image for image, _ in calls}
        new = [key for key in pictures if key not in self.read]
        logits = dict(zip(new, self._read([pictures[key] for key in new]), strict=True)) if new else {}
        shares = {key: self._shares(key, image, logits) for key, image in pictures.items()}
        return [
            self._masks(shares[digest(image)], part, image.size) for (image, _), part in zip(calls, parts, strict=True)
        ]

    def _part(self, prompt: SegmentPrompt) -> str:
        if prompt.points or prompt.box:
            raise BadInput(f"{self.card.name} takes words, and neither points nor a box; take cutout or sam2.1-tiny")
        return part_of(self.card.name, prompt.words, PARTS) if prompt.words else ""

    def _read(self, images: Sequence[Image.Image]) -> Any:
        """Logits (B, C, h, w)."""
        import torch

        with torch.inference_mode():
            pixels = torch.cat([pixel_values(image, SIDE, IMAGENET_MEAN, IMAGENET_STD) for image in images])
            return self.model(pixels.to(self.model.device, self.model.dtype)).logits.float()

    def _shares(self, key: str, image: Image.Image, logits: Mapping[str, Any]) -> np.ndarray:
        """float32 (C, H, W): the probability of each class, from logits just read, or kept."""
        import torch

        logits_Chw = self.read.get(key, lambda: logits[key] if key in logits else self._read([image])[0])
        with torch.inference_mode():
            resized = torch.nn.functional.interpolate(logits_Chw[None], _working(image.size)[::-1], mode="bilinear")[0]
            return resized.softmax(0).cpu().numpy()

    def _masks(self, shares_CHW: np.ndarray, part: str, size: tuple[int, int]) -> list[Mask]:
        most_HW = shares_CHW.argmax(0)
        if part:
            groups = {part: [self.classes[label] for label in PARTS[part]]}
        else:
            groups = {label: [number] for label, number in self.classes.items()}
        masks = []
        for label, numbers in groups.items():
            mask_HW = np.isin(most_HW, numbers)
            if mask_HW.any():
                score = float(shares_CHW[numbers].sum(0)[mask_HW].mean())
                masks.append(Mask(image=full_size(mask_HW, size), score=min(score, 1.0), label=label))
        return sorted(masks, key=lambda mask: -mask.score)


def _working(size: tuple[int, int]) -> tuple[int, int]:
    """(width, height) with a longer side of at most WORKING_SIDE_PX."""
    scale = min(1.0, WORKING_SIDE_PX / max(size))
    return max(1, round(scale * size[0])), max(1, round(scale * size[1]))


def build(name: str, *, options: SegmenterOptions = DEFAULTS) -> ClothesParser:
    """A clothes parser on a device.

    options  where its weights are and how they are held
    raises   MissingWeights; BadInput
    """
    from transformers import SegformerForSemanticSegmentation

    options = placed(name, options)
    check_model_attention(name, options.attention, options.device, options.dtype)
    checkpoint = find(name, options.weights, options.revision)
    working = segformer_bytes(checkpoint.folder, side=SIDE, at_once=options.at_once, dtype_bytes=DTYPES[options.dtype])
    plan = decide(name, parts_of(checkpoint.folder), working, options)
    model = placed_model(SegformerForSemanticSegmentation, checkpoint.folder, plan, attention=options.attention)
    card = checkpoint.card(dtype=plan.dtype, policy=plan.policy, **options.recorded())
    return ClothesParser(model, card, keep_bytes=plan.keep_bytes, spill_bytes=options.spill_bytes)
