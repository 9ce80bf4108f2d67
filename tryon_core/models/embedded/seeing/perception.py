"""See a person: pose, face, silhouette and a parse into clothes, skin and hair, from one picture."""

# Shapes: H, W image rows and columns at working size; K landmarks; 2 is (x, y); 3 is RGB, Lab or (x, y, visibility).
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from ....errors import Refused
from ....hints import NO_HINTS, Hints
from ....pictures.features import to_lab
from ....pictures.masks import grown
from .body_frame import LEFT_HIP, LEFT_SHOULDER, RIGHT_HIP, RIGHT_SHOULDER, BodyFrame
from .border import Border
from .fill import spread
from .landmarks import Pose, find_face, find_pose
from .naming.parse import parse
from .naming.parts_by_hand import corrected
from .naming.sight import Sight, silhouette
from .naming.wall_beside_arms import without_wall
from .posture.facing import FRONTAL, frontal, seen_from_front
from .posture.standing import check_upright
from .seen_before import remembered

WORKING_SIDE_PX = 1024
_REMEMBERED = 4  # persons, 22 MB each: two samples and their newest candidates
_PRESENT, _ANOTHER_PRESENT = 0.6, 0.9  # the pose network's belief: 0.99 on people, below 0.5 on what else there is
_OUTSIDE = 0.5  # share of another's silhouette beside the first: at least 0.77 for people, at most 0.11 for a ghost
_LEAST_AREA_SHARE = 0.02


@dataclass(frozen=True, kw_only=True, eq=False)
class Person:
    """What is known of the person in a picture, at working size (long side WORKING_SIDE_PX).

    image_HW3      uint8 RGB
    lab_HW3        float32 CIELAB
    landmarks_K3   float32 (33, 3): x, y in pixels and visibility 0-1, in MediaPipe Pose order
    face_mesh_K2   float32 (468, 2) in pixels, or None where no face can be seen
    alpha_HW       float32 0-1, the person
    upper, lower, skin, hair, face, arms, forearms   bool (H, W); the first four exclude one another, `face` is part of
                   `skin`; `arms` and `forearms` are where limbs are, whatever covers them
    hands          bool (H, W), part of `skin`: both hands with their fingers, as far as they are seen
    carried        bool (H, W): foreground that is neither cloth, skin nor hair, such as bags and straps
    border         where the worn lower garment begins; None for a dress, or where it is not seen
    frame          shoulders and hips
    kept_HW        bool (H, W), none of the other masks: what stays as photographed, said by hand; None for nothing
    """

    image_HW3: np.ndarray
    lab_HW3: np.ndarray
    landmarks_K3: np.ndarray
    face_mesh_K2: np.ndarray | None
    alpha_HW: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    skin: np.ndarray
    hair: np.ndarray
    face: np.ndarray
    arms: np.ndarray
    forearms: np.ndarray
    hands: np.ndarray
    carried: np.ndarray
    border: Border | None
    frame: BodyFrame
    kept_HW: np.ndarray | None = None


@remembered(_REMEMBERED)
def see_person(image: Image.Image, hints: Hints = NO_HINTS) -> Person:
    """Perceive the one person of a picture. A pure function of the pixels and the hints; remembered by them.

    image    any mode and size; resized to WORKING_SIDE_PX
    hints    points that mend the parse (parts_by_hand)
    raises   Refused: 'not_upright', 'no_person', 'several_people', 'side_view', 'cropped_torso' or
             'point_off_person'; MissingWeights
    """
    image_HW3 = working_size(image)
    pose = find_pose(image_HW3)
    check_upright(image_HW3, pose)
    pose = seen_from_front(image_HW3, pose)
    frame = BodyFrame.of(pose.landmarks_K3)
    _check_alone(image_HW3, pose, frame)
    _check_torso(pose, frame, image_HW3.shape[:2])
    face_mesh_K2 = find_face(image_HW3, pose.landmarks_K3)
    lab_HW3, alpha_HW = to_lab(image_HW3), silhouette(image_HW3, pose.alpha_HW, frame)
    sight = Sight(
        image_HW3=image_HW3,
        lab_HW3=lab_HW3,
        landmarks_K3=pose.landmarks_K3,
        face_mesh_K2=face_mesh_K2,
        alpha_HW=without_wall(image_HW3, lab_HW3, alpha_HW, pose.landmarks_K3, frame),
        frame=frame,
    )
    parts = vars(parse(sight))
    return Person(**vars(sight), **(corrected(parts, sight, hints.points) if hints.points else parts))


def working_size(image: Image.Image) -> np.ndarray:
    """uint8 (H, W, 3) RGB with a long side of WORKING_SIDE_PX."""
    scale = WORKING_SIDE_PX / max(image.size)
    size = tuple(max(1, round(side * scale)) for side in image.size)
    rgb = image.convert("RGB")
    return np.array(rgb if size == image.size else rgb.resize(size, Image.Resampling.LANCZOS))


def _check_alone(image_HW3: np.ndarray, pose: Pose, frame: BodyFrame) -> None:
    """Exactly one: there is a body, and with it painted over there is no other beside it.

    It is painted over with what surrounds it, for a plain colour leaves an outline that the network may take for
    another body; whatever is found in the painted area itself is such a ghost.
    """
    area_share = float((pose.alpha_HW > 0.5).mean())
    if pose.presence < _PRESENT or area_share < _LEAST_AREA_SHARE:
        raise Refused(
            "no_person",
            f"no person was found (belief {pose.presence:.2f}, needs {_PRESENT}; "
            f"area {area_share:.1%}); give a picture of one person from the front",
        )
    painted_over = grown(pose.alpha_HW > 0.3, 0.06 * frame.shoulder_px)
    if painted_over.all():
        return
    paint_HW3 = np.clip(spread(image_HW3, ~painted_over), 0, 255).astype(np.uint8)
    other = find_pose(cv2.copyTo(paint_HW3, painted_over.astype(np.uint8), image_HW3.copy()))
    other_frame, outside_share = BodyFrame.of(other.landmarks_K3), _share_outside(other.alpha_HW > 0.5, painted_over)
    large = other_frame.torso_px > 0.3 * frame.torso_px
    if other.presence > _ANOTHER_PRESENT and large and outside_share > _OUTSIDE:
        raise Refused(
            "several_people",
            f"a second person was found (belief {other.presence:.2f}); "
            "crop the picture to the one who shall wear the garment",
        )


def _share_outside(area_HW: np.ndarray, of_HW: np.ndarray) -> float:
    """0-1; 0 for an empty area."""
    return float((area_HW & ~of_HW).sum() / max(area_HW.sum(), 1))


def _check_torso(pose: Pose, frame: BodyFrame, shape: tuple[int, int]) -> None:
    """Seen from the front, with shoulders and hips inside the picture."""
    torso = pose.landmarks_K3[[RIGHT_SHOULDER, LEFT_SHOULDER, RIGHT_HIP, LEFT_HIP]]
    inside = (torso[:, :2] > 0).all(1) & (torso[:, :2] < np.array(shape)[::-1]).all(1)
    if not inside.all():
        raise Refused(
            "cropped_torso",
            "the person's shoulders or hips are outside the picture; "
            "give a picture that shows the body at least from head to hips",
        )
    if not frontal(pose):
        width_share = frame.shoulder_px / max(frame.torso_px, 1e-6)
        apart = f"shoulders {width_share:.2f} torso lengths apart, needs {FRONTAL}"
        seen = "seen from behind" if frame.across_2[0] <= 0 else apart
        raise Refused("side_view", f"the person is turned away ({seen}); give a picture from the front")
