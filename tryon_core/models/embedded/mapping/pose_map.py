"""The control mapper `pose`: OpenPose's 18 joints and 17 limbs of a body, as ControlNet's checkpoint was shown them.

Order, limbs, colours and widths: lllyasviel/ControlNet-v1-1-nightly, annotator/openpose/util.py at commit 182a5a9.
points are in OpenPose's COCO order; here they come from the pose network of the embedded models.
Shapes: K landmarks of the network (33), J joints (18); 2 is (x, y); 3 is (x, y, visibility).
"""

import time

import cv2
import numpy as np
from PIL import Image

from ....errors import Refused
from ....records import ModelCard
from .. import LICENCES
from ..revision import source_digest
from ..seeing import body_frame as at
from ..seeing.landmarks import find_pose
from ..seeing.perception import working_size

BODY_SEEN = 0.98  # the network's belief: 0.989 and more on 36 people, below this on 19 of 24 garments without one
SEEN = 0.5  # of a landmark's visibility; OpenPose draws no joint that it does not see
NECK = 1
_LANDMARKS = (  # of each joint; the neck lies between both shoulders
    (at.NOSE,),
    (at.RIGHT_SHOULDER, at.LEFT_SHOULDER),
    *((joint,) for joint in (*at.ARMS[0], *at.ARMS[1])),
    *((joint,) for joint in (at.RIGHT_HIP, at.RIGHT_KNEE, at.RIGHT_ANKLE)),
    *((joint,) for joint in (at.LEFT_HIP, at.LEFT_KNEE, at.LEFT_ANKLE)),
    *((joint,) for joint in (at.RIGHT_EYE, at.LEFT_EYE, at.RIGHT_EAR, at.LEFT_EAR)),
)
LIMBS = (  # (joint, joint); each in the colour of its own number
    *((1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13)),
    *((1, 0), (0, 14), (14, 16), (0, 15), (15, 17)),
)
COLOURS = (  # RGB of each joint
    *((255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0)),
    *((0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255)),
    *((0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85)),
)
_WIDTH_PX, _AT_PX = 4, 512  # of a joint's radius and a limb's half width, in a picture whose shorter side is 512
_LIMB_SHARE = 0.6  # of a limb's colour over what is under it


class PoseMapper:
    """The body of a picture as joints and limbs, RGB on black, of the picture's size. Hands and face are not drawn."""

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self) -> None:
        self.card = ModelCard(
            name="pose",
            revision=source_digest("mapping/pose_map"),
            source="tryon_core.models.embedded",
            licence=LICENCES["pose"],
        )

    def __call__(self, image: Image.Image) -> Image.Image:
        """raises   Refused where no body is seen; MissingWeights"""
        joints_J2, seen_J = joints(image)
        return Image.fromarray(drawn(joints_J2, seen_J, image.size))


def joints(image: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """(float64 (18, 2) in pixels of the picture, bool (18,) which of them are seen inside it).

    raises   Refused where no body is seen; MissingWeights
    """
    small_HW3 = working_size(image)
    pose = find_pose(small_HW3)
    hips_y = pose.landmarks_K3[[at.RIGHT_HIP, at.LEFT_HIP], 1].mean()
    upright = (
        pose.landmarks_K3[at.NOSE, 1] < pose.landmarks_K3[[at.RIGHT_SHOULDER, at.LEFT_SHOULDER], 1].mean() < hips_y
    )
    if pose.presence < BODY_SEEN or not upright:
        raise Refused(
            "no_person",
            f"no standing body was found (belief {pose.presence:.3f}, needs {BODY_SEEN}); give a picture of a person, "
            "or take another map",
        )
    size = np.array(small_HW3.shape[1::-1])
    joints_J3 = np.stack([pose.landmarks_K3[list(of)].astype(np.float64).mean(0) for of in _LANDMARKS])
    visible_J = np.array([pose.landmarks_K3[list(of), 2].min() >= SEEN for of in _LANDMARKS])
    inside_J = ((joints_J3[:, :2] >= 0) & (joints_J3[:, :2] < size)).all(1)
    return joints_J3[:, :2] * (np.array(image.size) / size), visible_J & inside_J


def drawn(joints_J2: np.ndarray, seen_J: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """uint8 (H, W, 3) RGB: the seen joints, then each limb both of whose joints are seen."""
    canvas_HW3 = np.zeros((size[1], size[0], 3), np.uint8)
    width_px = max(1, round(_WIDTH_PX * min(size) / _AT_PX))
    for joint, seen, colour in zip(joints_J2, seen_J, COLOURS, strict=True):
        if seen:
            cv2.circle(canvas_HW3, joint.astype(int).tolist(), width_px, colour, thickness=-1)
    for (one, other), colour in zip(LIMBS, COLOURS, strict=False):  # the last colour is of no limb
        if seen_J[one] and seen_J[other]:
            with_limb_HW3 = cv2.fillConvexPoly(canvas_HW3.copy(), _limb(joints_J2[[one, other]], width_px), colour)
            canvas_HW3 = cv2.addWeighted(canvas_HW3, 1 - _LIMB_SHARE, with_limb_HW3, _LIMB_SHARE, 0)
    return canvas_HW3


def _limb(ends_22: np.ndarray, width_px: int) -> np.ndarray:
    """The corners of an ellipse from joint to joint, int32 (corners, 2)."""
    along = ends_22[0] - ends_22[1]
    centre = ends_22.mean(0).astype(int).tolist()
    half_px, angle = int(np.hypot(*along) / 2), int(np.degrees(np.arctan2(along[1], along[0])))
    return cv2.ellipse2Poly(centre, (half_px, width_px), angle, 0, 360, 1)


def build() -> PoseMapper:
    """The control mapper `pose`; the network is loaded at the first picture."""
    return PoseMapper()
