"""The control mapper `depth`: a classical stand-in, no depth network. It guesses how near things are from a picture.

Near are: a person before everything else, and of the person what the pose network says is towards the camera; of the
rest what is low in the picture, finely detailed and clear of haze. Nothing here measures a depth: a second person, a
table before the person and whatever hangs from above are put where these rules put them. `depth-anything-v2-small` is
a network for the same map.
Shapes: H, W rows and columns of pixels; K landmarks; 3 is RGB or (x, y, visibility).
"""

import time

import cv2
import numpy as np
from PIL import Image

from ....errors import Refused
from ....records import ModelCard
from .. import LICENCES
from ..revision import source_digest
from ..seeing.landmarks import Pose, find_pose

SIDE_PX = 1024  # of the longer side that is looked at; a map has no finer detail
PRESENT = 0.95  # of the pose network's belief: at least 0.963 on 36 people, 0.938 on a motorcycle, less on other things
LEAST_AREA_SHARE = 0.02  # of a silhouette
# Shares of the cues beside the person. On the one stereo picture with a true depth that was at hand (Middlebury's
# motorcycle) the rank correlation with nearness is 0.71; of height alone 0.67, of a third each 0.38.
LOW, DETAILED, CLEAR = 0.7, 0.15, 0.15
BEHIND = 0.55  # at most, for what is beside a person
BODY = (0.8, 1.0)  # the person
_NEARBY = 0.02  # of the longer side: over which detail and haze are looked at
_SAME_THING = 0.04  # of the longer side: how far the guesses are evened out where the picture has no edge
_EDGE = 1e-3  # variance of grey, 0 to 1, above which it is one
_REACH = 0.12  # of the longer side: how far a landmark's depth reaches over the body


class ClassicalDepth:
    """Nearness of a picture, white near and black far, RGB, of the picture's size; a guess from rules. Deterministic.

    It is relative, as Depth Anything's: the nearest pixel of each picture is 255 and the farthest 0.
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self) -> None:
        self.card = ModelCard(
            name="depth",
            revision=source_digest("mapping/classical_depth"),
            source="tryon_core.models.embedded",
            licence=LICENCES["depth"],
            settings={"method": "classical stand-in, no depth network"},
        )

    def __call__(self, image: Image.Image) -> Image.Image:
        """raises   Refused where everything is equally near; MissingWeights, of the pose network"""
        scale = min(1.0, SIDE_PX / max(image.size))
        small = image.convert("RGB").resize([max(1, round(side * scale)) for side in image.size], Image.Resampling.BOX)
        near_HW = nearness(np.array(small))
        span = float(np.ptp(near_HW))
        if not span:
            raise Refused("no_depth", "depth sees everything equally near, as in a single row; take another map")
        near = Image.fromarray(np.rint(255 * (near_HW - near_HW.min()) / span).astype(np.uint8))
        return near.resize(image.size, Image.Resampling.BILINEAR).convert("RGB")


def nearness(image_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W), larger is nearer: BODY on a person and at most BEHIND beside it.

    image_HW3   uint8 RGB
    """
    scene_HW, pose = scene_nearness(image_HW3), find_pose(image_HW3)
    if pose.presence < PRESENT or (pose.alpha_HW > 0.5).mean() < LEAST_AREA_SHARE:
        return scene_HW
    far, near = BODY
    body_HW = far + (near - far) * body_nearness(pose)
    return BEHIND * scene_HW * (1 - pose.alpha_HW) + body_HW * pose.alpha_HW


def scene_nearness(image_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W), 0 to 1: low, detailed and clear is near, evened out between the picture's edges."""
    height, width = image_HW3.shape[:2]
    grey_HW = cv2.cvtColor(image_HW3, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    low_HW = np.repeat(np.linspace(0, 1, height, dtype=np.float32)[:, None], width, axis=1)
    cues_HW = LOW * low_HW + DETAILED * _detail(grey_HW) + CLEAR * _clear(image_HW3)
    even_px = max(1, round(_SAME_THING * max(height, width)))
    return np.clip(cv2.ximgproc.guidedFilter(grey_HW, cues_HW, even_px, _EDGE), 0, 1)


def _detail(grey_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W), 0 to 1: what is out of focus or far away has little."""
    fine_HW = np.abs(cv2.Laplacian(grey_HW, cv2.CV_32F))
    detail_HW = cv2.GaussianBlur(fine_HW, (0, 0), _NEARBY * max(grey_HW.shape))
    return np.clip(detail_HW / max(float(np.percentile(detail_HW, 95)), 1e-6), 0, 1)


def _clear(image_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W), 0 to 1: haze lifts the darkest channel (He, Sun, Tang 2009, dark channel prior)."""
    side_px = round(_NEARBY * max(image_HW3.shape)) | 1
    dark_HW = cv2.erode(image_HW3.min(axis=2), np.ones((side_px, side_px), np.uint8)).astype(np.float32)
    return 1 - np.clip(dark_HW / max(float(np.percentile(dark_HW, 99.9)), 1.0), 0, 1)


def body_nearness(pose: Pose) -> np.ndarray:
    """float32 (H, W), 0 to 1 over the body: the landmarks' depths, each over what lies around it."""
    height, width = pose.alpha_HW.shape
    y_HW, x_HW = np.mgrid[0:height, 0:width].astype(np.float32)
    reach_px = _REACH * max(height, width)
    weight_HW, depth_HW = np.full((height, width), 1e-6, np.float32), np.zeros((height, width), np.float32)
    for (x, y, visibility), depth_px in zip(pose.landmarks_K3, pose.depth_px_K, strict=True):
        own_HW = visibility * np.exp(-((x_HW - x) ** 2 + (y_HW - y) ** 2) / (2 * reach_px**2))
        weight_HW += own_HW
        depth_HW += own_HW * depth_px
    near_HW = -depth_HW / weight_HW
    inside = near_HW[pose.alpha_HW > 0.5]
    return np.clip((near_HW - inside.min()) / max(float(np.ptp(inside)), 1e-6), 0, 1)


def build() -> ClassicalDepth:
    """The control mapper `depth`; the pose network is loaded at the first picture."""
    return ClassicalDepth()
