"""What of a character's picture is the character: by its own alpha, its plain white ground, or a body's silhouette."""

# Shapes: H, W rows and columns; 3 is RGB.
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from ...pictures.masks import islands
from ..embedded.seeing.landmarks import find_pose
from ..embedded.seeing.perception import working_size

_WHITE = 248  # of 255, in every channel: a picture with alpha lies on white
_BORDER_SHARE = 0.5  # of the picture's border that is white on such a ground; a bust reaches the lower edge
_RIM = 0.005  # of the longer side: the silhouette is seen at 256 pixels, and a pixel of that is ground as much as body
_PRESENT = 0.6  # the pose network's belief that there is a body


@dataclass(frozen=True, kw_only=True, eq=False)
class Character:
    """A character's picture.

    image_HW3  uint8 RGB
    alpha_HW   float32 0-1, how much of each pixel is the character; 1 everywhere where nothing tells it from its ground
    """

    image_HW3: np.ndarray
    alpha_HW: np.ndarray


def cut_out(image: Image.Image) -> Character:
    """The character of a picture of any mode and size.

    raises  MissingWeights
    """
    if image.has_transparency_data:
        image = image.convert("RGBA")
        whole_HW4 = np.asarray(image)
        return Character(image_HW3=whole_HW4[..., :3].copy(), alpha_HW=np.float32(whole_HW4[..., 3]) / 255)
    image_HW3 = np.array(image.convert("RGB"))
    ground_HW = _white_ground(image_HW3)
    if ground_HW is not None:
        return Character(image_HW3=image_HW3, alpha_HW=cv2.GaussianBlur(np.float32(~ground_HW), (0, 0), 0.8))
    return Character(image_HW3=image_HW3, alpha_HW=_silhouette(image))


def _white_ground(image_HW3: np.ndarray) -> np.ndarray | None:
    """bool (H, W): white that reaches the picture's border; None where the border is of other colours."""
    white_HW = (image_HW3 >= _WHITE).all(-1)
    labels_HW, _ = islands(white_HW)
    border = np.concatenate([labels_HW[0], labels_HW[-1], labels_HW[:, 0], labels_HW[:, -1]])
    if (border > 0).mean() < _BORDER_SHARE:
        return None
    return np.isin(labels_HW, np.unique(border[border > 0]))


def _silhouette(image: Image.Image) -> np.ndarray:
    pose = find_pose(working_size(image))
    if pose.presence < _PRESENT:
        return np.ones(image.size[::-1], np.float32)
    alpha_HW = cv2.resize(pose.alpha_HW, image.size, interpolation=cv2.INTER_LINEAR)
    rim_px = max(1, round(_RIM * max(image.size)))
    return cv2.erode(alpha_HW, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim_px + 1, 2 * rim_px + 1)))
