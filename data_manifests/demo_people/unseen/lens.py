"""What a camera and a JPEG file add to a rendered picture: a soft lens, darker corners, noise, and lossy storage.

Shapes: H, W rows and columns; 3 is RGB.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

CHROMA_SHARE = 0.3  # of the noise in light that remains as noise in colour, after a camera has smoothed it
CHROMA_BLUR_PX = 1.2  # how wide its specks are


@dataclass(frozen=True, kw_only=True)
class Lens:
    """One camera: every picture that it takes has these, each with its own noise.

    blur_px    standard deviation of the lens's softness, pixels
    dark       share of light lost in the corners
    noise      standard deviation of the noise in light, grey levels of 255
    quality    of the JPEG file, 85 to 95
    """

    blur_px: float
    dark: float
    noise: float
    quality: int


def some_lens(rng: np.random.Generator) -> Lens:
    """A camera of average to poor quality."""
    return Lens(
        blur_px=rng.uniform(0.3, 0.7),
        dark=rng.uniform(0.0, 0.18),
        noise=rng.uniform(1.0, 3.5),
        quality=int(rng.integers(85, 96)),
    )


def taken(picture_HW3: np.ndarray, lens: Lens, rng: np.random.Generator) -> np.ndarray:
    """The picture as this camera takes it, uint8 RGB (H, W, 3)."""
    height, width = picture_HW3.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    corners = 1 - lens.dark * ((x**2 + y**2) / 2) ** 1.5
    soft = cv2.GaussianBlur(picture_HW3.astype(np.float32), (0, 0), lens.blur_px) * corners[..., None]
    light = rng.normal(0, lens.noise, (height, width, 1))
    chroma = cv2.GaussianBlur(rng.normal(size=(height, width, 3)), (0, 0), CHROMA_BLUR_PX)
    chroma *= CHROMA_SHARE * lens.noise / chroma.std()
    return np.clip(soft + light + chroma + 0.5, 0, 255).astype(np.uint8)


def save_photograph(picture_HW3: np.ndarray, path: Path, quality: int) -> None:
    """Store a picture as JPEG, with half the colour resolution as cameras do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture_HW3).save(path, quality=quality, subsampling="4:2:0")
