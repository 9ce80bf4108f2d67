"""SAM 2.1 by points, a box, or of everything: masks with the model's own estimate of their IoU."""

# Shapes: N prompts of one kind; P points of each; K masks of each; h, w rows and columns of a mask; 2 is (x, y).
from collections import defaultdict
from collections.abc import Sequence
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
from .automatic import Automatic, grid, kept
from .held_whole import DEFAULTS, SegmenterOptions
from .picture_tensors import IMAGENET_MEAN, IMAGENET_STD, mask_picture, pixel_values
from .prompts import check_points
from .working_bytes import hiera_bytes

_POINTS_AT_ONCE = 32  # of a grid: 1.4 GB at true size; the published generator takes 64


class Sam2:
    """Three masks of different extent for a prompt, the one it believes in most first; of nothing at all every mask
    that is good and stable. A mask's score is the model's own estimate of its IoU.

    What it reads of a picture is kept for the next prompts on it.

    keep_bytes, spill_bytes  how much may be kept, on the model's device and in the host's memory
    """

    takes = ("points", "box")

    def __init__(self, model: Any, card: ModelCard, options: Automatic, *, keep_bytes: int, spill_bytes: int):
        self.model, self.card, self.options = model, card, options
        self.side = model.config.prompt_encoder_config.image_size
        self.read = Kept(keep_bytes, tensor_bytes, spill_bytes=spill_bytes)

    def hit_rates(self) -> dict[str, tuple[int, int]]:
        """Name of what is kept -> (how often it was found, how often it was asked for)."""
        return {"the segmenter's pictures": self.read.found}

    def __call__(self, image: Image.Image, prompt: SegmentPrompt) -> Sequence[Mask]:
        """Masks of the picture's size, 0 and 255. raises   BadInput for words, or points outside the picture"""
        return self.batch([(image, prompt)])[0]

    def batch(self, calls: Sequence[tuple[Image.Image, SegmentPrompt]]) -> list[list[Mask]]:
        """Several prompts: each picture is read once, and prompts of a picture that have as many points each are
        answered together."""
        for _, prompt in calls:
            self._check(prompt)
        alike: defaultdict[tuple, list[int]] = defaultdict(list)
        for number, (image, prompt) in enumerate(calls):
            alike[digest(image), len(prompt.points), prompt.box is None].append(number)
        answers: dict[int, list[Mask]] = {}
        for numbers in alike.values():
            image, prompts = calls[numbers[0]][0], [calls[number][1] for number in numbers]
            answers |= dict(zip(numbers, self._answered(image, prompts), strict=True))
        return [answers[number] for number in range(len(calls))]

    def _check(self, prompt: SegmentPrompt) -> None:
        if prompt.words:
            raise BadInput(
                f"{self.card.name} takes points and a box, and no words ({prompt.words!r}); give points=, or take "
                "cutout, sam3 or segformer-clothes, which take words"
            )
        check_points(self.card.name, prompt)

    def _answered(self, image: Image.Image, prompts: Sequence[SegmentPrompt]) -> list[list[Mask]]:
        """Of prompts with as many points each, all with a box or all without."""
        import torch

        with torch.inference_mode():
            embeddings = self.read.get(digest(image), lambda: self._read(image))
            if not prompts[0].points and prompts[0].box is None:
                return [self._everything(embeddings, image.size)] * len(prompts)
            points = [[(x, y) for x, y, _ in prompt.points] for prompt in prompts] if prompts[0].points else None
            labels = [[label for *_, label in prompt.points] for prompt in prompts]
            boxes = [
                (box.left, box.top, box.right, box.bottom)
                for box in (prompt.box for prompt in prompts)
                if box is not None
            ]
            logits_NKhw, iou_NK = self._predicted(embeddings, points, labels, boxes or None)
            return [
                [_mask(logits_Khw[k], iou_K[k], image.size) for k in iou_K.argsort(descending=True).tolist()]
                for logits_Khw, iou_K in zip(logits_NKhw, iou_NK, strict=True)
            ]

    def _read(self, image: Image.Image) -> Any:
        pixels = pixel_values(image, self.side, IMAGENET_MEAN, IMAGENET_STD)
        return self.model.get_image_embeddings(pixels.to(self.model.device, self.model.dtype))

    def _predicted(self, embeddings: Any, points: Any, labels: Any, boxes: Any) -> tuple[Any, Any]:
        """(logits (N, K, h, w), estimated IoU (N, K)) of points (N, P, 2) and boxes (N, 4) in fractions of the picture.

        points, boxes  None for none
        """
        import torch

        device = self.model.device
        given = {}
        if points is not None:
            given["input_points"] = self.side * torch.tensor(points, dtype=torch.float32, device=device)[None]
            given["input_labels"] = torch.tensor(labels, dtype=torch.int64, device=device)[None]
        if boxes is not None:
            given["input_boxes"] = self.side * torch.tensor(boxes, dtype=torch.float32, device=device)[None]
        predicted = self.model(image_embeddings=list(embeddings), multimask_output=True, **given)
        return predicted.pred_masks[0].float(), predicted.iou_scores[0].float()

    def _everything(self, embeddings: Any, size: tuple[int, int]) -> list[Mask]:
        """Masks of a grid of points, as automatic.kept chooses them."""
        points_N2 = grid(self.options.points_per_side)[:, None]
        chunks = [points_N2[start : start + _POINTS_AT_ONCE] for start in range(0, len(points_N2), _POINTS_AT_ONCE)]
        given = [self._predicted(embeddings, chunk.tolist(), [[1]] * len(chunk), None) for chunk in chunks]
        good = [_good(logits_NKhw.flatten(0, 1), iou_NK.flatten(), self.options) for logits_NKhw, iou_NK in given]
        logits, iou = (np.concatenate(each) for each in zip(*good, strict=True))
        return [_mask(_tensor(logits[number]), iou[number], size) for number in kept(logits, iou, self.options)]


def _good(logits_Nhw: Any, iou_N: Any, options: Automatic) -> tuple[np.ndarray, np.ndarray]:
    """Those of a chunk that could be kept, in the host's memory."""
    likely = iou_N >= options.iou_at_least
    return logits_Nhw[likely].cpu().numpy(), iou_N[likely].cpu().numpy()


def _tensor(logits_hw: np.ndarray) -> Any:
    import torch

    return torch.from_numpy(logits_hw)


def _mask(logits_hw: Any, iou: Any, size: tuple[int, int]) -> Mask:
    return Mask(image=mask_picture(logits_hw, size), score=min(max(float(iou), 0.0), 1.0))


def build(
    name: str,
    *,
    options: SegmenterOptions = DEFAULTS,
    points_per_side: int = 32,
    iou_at_least: float = 0.8,
    stability_at_least: float = 0.95,
) -> Sam2:
    """A SAM 2.1 on a device.

    options  where its weights are and how they are held
    points_per_side, iou_at_least, stability_at_least  of a prompt that asks for everything, as automatic.Automatic
    raises   MissingWeights; BadInput
    """
    from transformers import Sam2Model

    automatic = Automatic(
        points_per_side=points_per_side, iou_at_least=iou_at_least, stability_at_least=stability_at_least
    )
    options = placed(name, options)
    check_model_attention(name, options.attention, options.device, options.dtype)
    checkpoint = find(name, options.weights, options.revision)
    working = hiera_bytes(checkpoint.folder, points=_POINTS_AT_ONCE, dtype_bytes=DTYPES[options.dtype])
    plan = decide(name, parts_of(checkpoint.folder), working, options)
    model = placed_model(Sam2Model, checkpoint.folder, plan, attention=options.attention)
    card = checkpoint.card(dtype=plan.dtype, policy=plan.policy, **vars(automatic), **options.recorded())
    return Sam2(model, card, automatic, keep_bytes=plan.keep_bytes, spill_bytes=options.spill_bytes)
