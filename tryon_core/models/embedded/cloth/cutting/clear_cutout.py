"""Cut out a garment that nobody wears, or say why it cannot be cut out or the outline cannot be believed."""

# Shapes: H, W image rows and columns at working size; K landmarks; 3 is RGB, Lab or (x, y, visibility).
import numpy as np

from .....errors import Refused
from .....hints import Points
from .....pictures.masks import capsule, polygon
from ...seeing.body_frame import LEFT_EYE, LEFT_INDEX, LEFT_WRIST, NOSE, RIGHT_EYE, RIGHT_INDEX, RIGHT_WRIST, BodyFrame
from ...seeing.landmarks import Pose, find_pose
from .cutout import Cutout, cut_out

_BODY_PRESENT = 0.8  # the pose network's belief; it believes in some empty garments too, so skin has to be seen as well
_FACE_SEEN = 0.5  # visibility of nose and eyes: 0.998 and more on 22 people, 0.12 in a shaded collar
_SKIN_SHARE = 0.5
_LIKE_CLOTH = 13.0  # L*a*b* units: faces are 16-60 from the sample people's clothes, red sleeves 2-12 from theirs
_BUSY_BACKGROUND = 12.0
_OUTLINE_SEEN = 0.65  # made-up white tops, 10 to 15 levels from their background, show 0.72-0.9 and are cut well
_MIRRORED = 0.8  # of an outline and its mirror image: whole photographed garments 0.86-0.98, a tee's flowers 0.69
_ON_EDGES = (
    0.85  # whole garments: rendered 0.955-0.996, photographed 0.915-0.998; that tee 0.73, tees in shreds 0.67-0.99
)
_PART_RAGGED = 0.01  # raggedness of an outline that is no mirror image: those flowers 0.03, folded sleeves below 0.005
_NOTHING_THERE = 1.0
_RAGGED = 0.1


def see_cutout(image_HW3: np.ndarray, lab_HW3: np.ndarray, points: Points | None = None) -> Cutout:
    """The garment of a picture, which nobody wears, with a clear outline.

    image_HW3  uint8 RGB at working size
    lab_HW3    float32 CIELAB of it
    points     set by hand, as cut_out takes them
    raises     Refused: 'garment_on_model', 'no_garment' or 'white_on_white'; MissingWeights
    """
    check_unworn(find_pose(image_HW3), lab_HW3)
    cutout = cut_out(lab_HW3, points)
    check_clear(cutout)
    return cutout


def check_clear(cutout: Cutout) -> None:
    """There is something, and its outline is clear.

    raises   Refused: 'no_garment' or 'white_on_white'
    """
    if cutout.area_share > 0.9 or cutout.background_noise > _BUSY_BACKGROUND:
        raise Refused(
            "no_garment",
            f"no garment on a plain background was found (the border's colour varies by "
            f"{cutout.background_noise:.0f} L*a*b* units, at most {_BUSY_BACKGROUND:.0f}); "
            "give a picture of one garment on a plain background",
        )
    if cutout.area_share < 0.03 and cutout.strangeness < _NOTHING_THERE:
        raise Refused(
            "no_garment", "the picture is empty (nothing differs from its background); give a picture of one garment"
        )
    if cutout.area_share < 0.03 or cutout.seen_share < _OUTLINE_SEEN or cutout.raggedness > _RAGGED:
        raise Refused(
            "white_on_white",
            f"the garment cannot be told from its background ({cutout.seen_share:.0%} of its outline can be seen, "
            f"needs {_OUTLINE_SEEN:.0%}; raggedness {cutout.raggedness:.2f}, at most {_RAGGED}); give a picture on a "
            "background of another colour",
        )


def check_trusted(cutout: Cutout) -> None:
    """The cut-out is a whole garment, or nothing can be drawn from it or compared with it.

    Of white cloth only the printed parts may differ from the background: they are ragged, and alike on no two sides;
    or edges of cloth lie beyond them. A garment with one sleeve folded in is not alike either, but smooth.

    raises   Refused: 'cut_out_not_trusted'
    """
    if cutout.edge_share < _ON_EDGES:
        seen = f"only {cutout.edge_share:.0%} of the edges in the picture lie on its outline, needs {_ON_EDGES:.0%}"
    elif cutout.mirror_overlap < _MIRRORED and cutout.raggedness > _PART_RAGGED:
        seen = f"its left and right are {cutout.mirror_overlap:.0%} alike, a whole garment's {_MIRRORED:.0%} or more"
    else:
        return
    raise Refused(
        "cut_out_not_trusted",
        f"only parts of the garment can be told from its background ({seen}); give a picture on a background of "
        "another colour, or points on cloth and background",
    )


def check_unworn(pose: Pose, lab_HW3: np.ndarray) -> None:
    """Nobody wears it: no body whose face, or both hands, have the hue of skin and not the colour of the garment.

    A face counts where nose and eyes are seen: a brown garment's collar, dark inside, is taken for a head without them.
    """
    frame, shape = BodyFrame.of(pose.landmarks_K3), lab_HW3.shape[:2]
    upright = pose.landmarks_K3[NOSE, 1] < frame.centre[1] < (frame.right_hip[1] + frame.left_hip[1]) / 2
    proportioned = 0.3 < frame.shoulder_px / max(frame.torso_px, 1e-6) < 1.5
    if pose.presence < _BODY_PRESENT or not upright or not proportioned:
        return
    chest = polygon(shape, [frame.right_shoulder, frame.left_shoulder, frame.left_hip, frame.right_hip])
    face, *hands = (_skin_share(lab_HW3, spot, chest) for spot in _bare_spots(shape, pose.landmarks_K3, frame))
    if pose.landmarks_K3[[NOSE, LEFT_EYE, RIGHT_EYE], 2].min() < _FACE_SEEN:
        face = 0.0
    share = max(face, min(hands))
    if share > _SKIN_SHARE:
        raise Refused(
            "garment_on_model",
            f"somebody wears the garment (a body was found, {share:.0%} of its {'face' if share == face else 'hands'} "
            "has the hue of skin and not the garment's colour); give a picture of the garment alone",
        )


def _bare_spots(shape: tuple[int, int], landmarks_K3: np.ndarray, frame: BodyFrame) -> list[np.ndarray]:
    """Where skin shows on most people: the face and both hands."""
    unit = frame.shoulder_px
    return [
        capsule(shape, landmarks_K3[a, :2], landmarks_K3[b, :2], unit * radius)
        for a, b, radius in ((NOSE, NOSE, 0.15), (LEFT_WRIST, LEFT_INDEX, 0.07), (RIGHT_WRIST, RIGHT_INDEX, 0.07))
    ]


def _skin_share(lab_HW3: np.ndarray, spot: np.ndarray, chest: np.ndarray) -> float:
    """The share of a spot whose hue and chroma are those of human skin, light or dark.

    0 outside the picture, and where the spot has the chest's own colour: cloth may have the hue of skin, too.
    """
    if min(spot.sum(), chest.sum()) < 50:
        return 0.0
    apart = (np.median(lab_HW3[spot], 0) - np.median(lab_HW3[chest], 0)) * (0.5, 1, 1)  # folds differ in lightness
    if np.linalg.norm(apart) < _LIKE_CLOTH:
        return 0.0
    lightness, a, b = lab_HW3[spot].T
    hue, chroma = np.degrees(np.arctan2(b, a)), np.hypot(a, b)
    return float(((lightness > 12) & (hue > 20) & (hue < 85) & (chroma > 7) & (chroma < 50)).mean())
