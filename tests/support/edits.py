"""Edits of the demo people with a known motion and a known tint: their true picture, as if a generator drew it."""

# Shapes: H, W image rows and columns; N pixels; 3 is RGB.
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from tryon_core.pictures.features import colour_difference, to_lab, to_rgb
from tryon_core.records import EditRequest

DATA = Path(__file__).parents[2] / "data_manifests"


@dataclass(frozen=True, kw_only=True, eq=False)
class Edit:
    """A demo person, the same person truly wearing another garment, and where the two differ."""

    sample_id: str
    split: str
    person_HW3: np.ndarray
    truth_HW3: np.ndarray

    @property
    def edited_HW(self) -> np.ndarray:
        return colour_difference(to_lab(self.person_HW3), to_lab(self.truth_HW3)) > 2

    @property
    def request(self) -> EditRequest:
        return EditRequest(prompt="Wear it.", images=(Image.fromarray(self.person_HW3),))


def edits(every: int = 1, size: tuple[int, int] = (768, 1024)) -> list[Edit]:
    """Every so-manieth demo person with a true picture, at `size` = (width, height)."""
    lines = [json.loads(line) for line in (DATA / "people.jsonl").read_text().splitlines()][::every]
    return [
        Edit(
            sample_id=line["sample_id"],
            split=line["split"],
            person_HW3=_opened(line["person"], size),
            truth_HW3=_opened(line["truth"], size),
        )
        for line in lines
    ]


def _opened(path: str, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(Image.open(DATA / path).convert("RGB").resize(size, Image.Resampling.LANCZOS))


def moved(image_HW3: np.ndarray, right: float = 0.0, down: float = 0.0, scale: float = 1.0) -> np.ndarray:
    """Everything `scale` times as large about the centre, then shifted; what comes into view is mirrored."""
    height, width = image_HW3.shape[:2]
    centre = np.array([width - 1, height - 1]) / 2
    matrix = np.c_[scale * np.eye(2), centre * (1 - scale) + (right, down)]
    return cv2.warpAffine(image_HW3, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


def warm(image_HW3: np.ndarray, amount: float) -> np.ndarray:
    return _uint8(image_HW3 * (1 + amount * np.array([1, 0, -1])))


def dark(image_HW3: np.ndarray, amount: float) -> np.ndarray:
    return _uint8(255 * (image_HW3 / 255) ** (1 + amount))


def yellow(image_HW3: np.ndarray, amount: float) -> np.ndarray:
    return to_rgb(to_lab(image_HW3) + np.float32([0, 10, 40]) * np.float32(amount))


def tinted(
    image_HW3: np.ndarray, outside_HW: np.ndarray, by: float, tint: Callable[[np.ndarray, float], np.ndarray] = warm
) -> np.ndarray:
    """A tint whose median CIEDE2000 outside the edit is `by`, found by halving."""
    some_N13 = image_HW3[outside_HW][::16, None]
    least, most = 0.0, 1.0
    for _ in range(16):
        middle = (least + most) / 2
        found = np.median(colour_difference(to_lab(some_N13), to_lab(tint(some_N13, middle))))
        least, most = (middle, most) if found < by else (least, middle)
    return tint(image_HW3, middle)


def redrawn(image_HW3: np.ndarray, seed: int = 0) -> np.ndarray:
    """Every pixel a little different, as a decoder leaves it: grain, and JPEG's loss."""
    grain_HW3 = np.random.default_rng(seed).normal(0, 2, image_HW3.shape)
    packed = cv2.imencode(".jpg", _uint8(image_HW3 + grain_HW3)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return np.ascontiguousarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1])


def _uint8(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
