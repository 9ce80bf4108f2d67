"""identity: is it the same face, hair and skin?"""

# Shapes: K face mesh points; H, W rows and columns; 2 is x, y in pixels.
import cv2
import numpy as np
from skimage.metrics import structural_similarity

from ....pictures.features import colour_difference
from ....records import Score
from .areas import inner, picked, region_of
from .case import Case
from .scale import Bar, Reading, conclude, fix, nothing_to_see

RIGHT_EYE, LEFT_EYE = 33, 263  # outer corners in the MediaPipe face mesh
# The 7 demo true pictures do not touch the face (all under 0.03); JPEG at quality 70 gives a detail of 0.03, a face
# blurred by 6 pixels 0.27 to 0.32, another person's face in its place 0.10 to 0.42 and a skin tone of 3 to 32, a face
# moved by 0.13 shoulder widths a shape of 0.4; 2026-11.
SHAPE = Bar(unit="distance between the eyes", good=0.01, bar=0.035, bad=0.12)
DETAIL = Bar(unit="1 - SSIM over the face", good=0.02, bar=0.09, bad=0.40)
SKIN = Bar(unit="CIEDE2000", good=1.0, bar=4.0, bad=12.0)
HAIR = Bar(unit="share of the hair", good=0.05, bar=0.25, bad=0.70)
HAIR_CHANGED = 10.0  # Lab units after the blur: single hairs may move
KEEP = "keep the face exactly as in the person's photograph"


def measure(case: Case) -> Score:
    """Face geometry, face detail, skin colour and hair, each against the person's photograph.

    No face-recognition network is used: these numbers say that a face was *changed*, not whether two different
    photographs show one person. The candidate's face is first laid over the original by a similarity transform of the
    face mesh, so that framing (asked by body_and_pose) does not count here; SSIM after Wang et al. 2004 on grey values.
    """
    before, after = case.before, case.after
    if before.face_mesh_K2 is None:
        return nothing_to_see("no face can be seen in the person's photograph")
    face = region_of(before.face)
    if after.face_mesh_K2 is None:
        return Score(score=0.0, finding="no face can be seen any more", region=face, fixes=(fix(KEEP),))
    onto, _ = cv2.estimateAffinePartial2D(after.face_mesh_K2, before.face_mesh_K2, method=cv2.LMEDS)
    return conclude([_shape(case, onto), _detail(case, onto), _skin(case), *_hair(case)])


def _shape(case: Case, onto: np.ndarray) -> Reading:
    """The larger of mesh deformation (RMS after the transform) and displacement within the body."""
    before_K2, after_K2 = case.before.face_mesh_K2, case.after.face_mesh_K2
    eyes_px = float(np.hypot(*(before_K2[LEFT_EYE] - before_K2[RIGHT_EYE])))
    laid_K2 = after_K2 @ onto[:, :2].T + onto[:, 2]
    bent = float(np.sqrt(((laid_K2 - before_K2) ** 2).sum(1).mean())) / eyes_px
    expected_2 = case.motion.moved(before_K2.mean(0))
    off = float(np.hypot(*(after_K2.mean(0) - expected_2))) / eyes_px
    says = "the face is bent by {:.1%} of the distance between the eyes"
    if off > bent:
        says = "the face sits {:.1%} of the distance between the eyes off its place"
    return Reading(
        name="face_shape",
        value=max(bent, off),
        bar=SHAPE,
        says=says.format(max(bent, off)),
        region=region_of(case.before.face),
        fixes=(fix(KEEP),),
    )


def _detail(case: Case, onto: np.ndarray) -> Reading:
    """1 - SSIM over the face oval, candidate laid over the original where it moved by more than half a pixel."""
    before, after = case.before, case.after
    drift = onto - np.float64([[1, 0, 0], [0, 1, 0]])
    corners = np.c_[before.face_mesh_K2[[RIGHT_EYE, LEFT_EYE]], [1, 1]]
    picture = after.image_HW3
    if np.abs(corners @ drift.T).max() > 0.5:
        picture = cv2.warpAffine(picture, onto, before.face.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    rows, columns = np.flatnonzero(before.face.any(1)), np.flatnonzero(before.face.any(0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    one, other = (
        cv2.cvtColor(np.ascontiguousarray(side_HW3[box]), cv2.COLOR_RGB2GRAY)
        for side_HW3 in (before.image_HW3, picture)
    )
    _, alike_HW = structural_similarity(one, other, win_size=7, full=True)
    value = float(1 - alike_HW[before.face[box]].mean())
    return Reading(
        name="face_detail",
        value=value,
        bar=DETAIL,
        region=region_of(before.face),
        says=f"the face's detail differs by {value:.2f} (1 - SSIM)",
        fixes=(fix(KEEP),),
    )


def _skin(case: Case) -> Reading:
    tones = [np.median(picked(seen.lab_HW3, inner(seen.face, 3)), axis=0) for seen in (case.before, case.after)]
    value = float(colour_difference(tones[0], tones[1]))
    return Reading(
        name="skin_tone",
        value=value,
        bar=SKIN,
        region=region_of(case.before.face),
        says=f"the skin tone of the face is {value:.1f} CIEDE2000 off",
        fixes=(fix("keep the skin tone of the person's photograph"),),
    )


def _hair(case: Case) -> list[Reading]:
    """Share of the hair above the shoulders that changed; clothes may cover longer hair. Nothing for a bald head."""
    above = case.before.frame.down_share_HW(case.before.hair.shape) < -0.1
    hair_HW = inner(case.before.hair & above, 2)
    if hair_HW.sum() < 0.01 * case.before.frame.shoulder_px**2:
        return []
    changed_HW = hair_HW & (case.own_change_HW > HAIR_CHANGED)
    value = float(changed_HW.sum() / hair_HW.sum())
    return [
        Reading(
            name="hair",
            value=value,
            bar=HAIR,
            region=region_of(changed_HW),
            says=f"{value:.0%} of the hair changed",
            fixes=(fix("keep the hair exactly as in the person's photograph"),),
        )
    ]
