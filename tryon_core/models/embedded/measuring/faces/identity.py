"""identity: is it the same face, hair and skin?"""

# Shapes: K face mesh points; H, W rows and columns; 2 is x, y in pixels.
import cv2
import numpy as np
from skimage.metrics import structural_similarity

from .....pictures.features import colour_difference
from .....records import Score
from ..areas import inner, picked, region_of
from ..case import Case
from ..scale import Bar, Reading, conclude, fix, nothing_to_see
from .face_network import NOT_COMPARED, can_compare, face_numbers

RIGHT_EYE, LEFT_EYE = 33, 263  # outer corners in the MediaPipe face mesh
# The 7 demo true pictures do not touch the face (all under 0.03); JPEG at quality 70 gives a detail of 0.03, a face
# blurred by 6 pixels 0.27 to 0.32, another person's face in its place 0.10 to 0.42 and a skin tone of 3 to 32, a face
# moved by 0.13 shoulder widths a shape of 0.4; 2026-11.
SHAPE = Bar(unit="distance between the eyes", good=0.01, bar=0.035, bad=0.12)
DETAIL = Bar(unit="1 - SSIM over the face", good=0.02, bar=0.09, bad=0.40)
SKIN = Bar(unit="CIEDE2000", good=1.0, bar=4.0, bad=12.0)
HAIR = Bar(unit="share of the hair", good=0.05, bar=0.25, bad=0.70)
# Harmless changes give at most 0.20 (5 photographs, 5 rendered faces), a face moved by 0.3 of the distance between the
# eyes 0.09-0.25, blurred by 0.03 of it 0.28-0.38 and by 0.06 of it 0.45-0.55; another person's face in its place
# 0.66-0.88 on photographs and 0.20-0.58 on rendered people, who are much alike; 2026-11.
LIKENESS = Bar(unit="distance of the faces' numbers", good=0.15, bar=0.36, bad=0.70)
LEAST_EYES_PX = 40  # distance between the eyes' outer corners: of smaller faces lossy storage changes the numbers
# Grey levels of noise below which SSIM is left alone (faces of rendered people and studio photographs 0.5); pixels of
# blur for each grey level, and at most: noise of 3 levels then gives a detail below 0.01, where its photograph gave
# 0.1, and a face blurred by 6 pixels still 0.17 or more, beyond the bar; 2026-11.
LEAST_NOISE, QUIET_PX, MOST_QUIET_PX = 0.75, 0.8, 2.0
HAIR_CHANGED = 10.0  # Lab units after the blur: single hairs may move
KEEP = "keep the face exactly as in the person's photograph"


def measure(case: Case) -> Score:
    """Face geometry, face detail, whose face it is, skin colour and hair, each against the person's photograph.

    Whose face it is, a network says that is independent of the mesh; where it is not installed the finding says so,
    and the other numbers tell that a face was *changed*. The candidate's face is first laid over the original by a
    similarity transform of the face mesh, so that framing (asked by body_and_pose) does not count here; SSIM after
    Wang et al. 2004 on grey values.
    """
    before, after = case.before, case.after
    if before.face_mesh_K2 is None:
        return nothing_to_see("no face can be seen in the person's photograph")
    face = region_of(before.face)
    if after.face_mesh_K2 is None:
        return Score(score=0.0, finding="no face can be seen any more", region=face, fixes=(fix(KEEP),))
    onto, _ = cv2.estimateAffinePartial2D(after.face_mesh_K2, before.face_mesh_K2, method=cv2.LMEDS)
    score = conclude([_shape(case, onto), _detail(case, onto), *_likeness(case), _skin(case), *_hair(case)])
    if can_compare():
        return score
    return score.model_copy(update={"finding": f"{score.finding}; {NOT_COMPARED}"})


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
    """1 - SSIM over the face oval; where the candidate moved by more than half a pixel, laid over the original or not,
    whichever is more alike.

    The photograph's own noise is averaged out of both first: a picture that was stored or drawn anew has other noise.
    """
    before, after = case.before, case.after
    drift = onto - np.float64([[1, 0, 0], [0, 1, 0]])
    corners = np.c_[before.face_mesh_K2[[RIGHT_EYE, LEFT_EYE]], [1, 1]]
    pictures = [after.image_HW3]
    if np.abs(corners @ drift.T).max() > 0.5:  # of a small face the mesh itself is unsure by a pixel
        laid_HW3 = cv2.warpAffine(after.image_HW3, onto, before.face.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        pictures.append(laid_HW3)
    rows, columns = np.flatnonzero(before.face.any(1)), np.flatnonzero(before.face.any(0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    noise = _noise_of(before.image_HW3, before.face)
    one, *others = (_quiet(side_HW3[box], noise) for side_HW3 in (before.image_HW3, *pictures))
    value = min(_unlike(one, other, before.face[box]) for other in others)
    return Reading(
        name="face_detail",
        value=value,
        bar=DETAIL,
        region=region_of(before.face),
        says=f"the face's detail differs by {value:.2f} (1 - SSIM)",
        fixes=(fix(KEEP),),
    )


def _unlike(one_hw: np.ndarray, other_hw: np.ndarray, face_hw: np.ndarray) -> float:
    """1 - SSIM over a face, grey values."""
    _, alike_hw = structural_similarity(one_hw, other_hw, win_size=7, full=True)
    return float(1 - alike_hw[face_hw].mean())


def _noise_of(image_HW3: np.ndarray, face_HW: np.ndarray) -> float:
    """Standard deviation of a face's noise in grey levels, from its flattest half (Immerkaer 1996)."""
    grey_HW = cv2.cvtColor(image_HW3, cv2.COLOR_RGB2GRAY).astype(np.float32)
    rough_HW = cv2.filter2D(grey_HW, -1, np.float32([[1, -2, 1], [-2, 4, -2], [1, -2, 1]]))
    return float(np.median(np.abs(rough_HW[face_HW]))) / (
        0.6745 * 6
    )  # 0.6745 sigma is a median; the mask sums 36 variances


def _quiet(image_HW3: np.ndarray, noise: float) -> np.ndarray:
    """uint8 (H, W): grey values, blurred as far as the noise asks; untouched where there is hardly any."""
    grey_HW = cv2.cvtColor(np.ascontiguousarray(image_HW3), cv2.COLOR_RGB2GRAY)
    sigma_px = min(QUIET_PX * noise, MOST_QUIET_PX)
    return grey_HW if noise < LEAST_NOISE else cv2.GaussianBlur(grey_HW, (0, 0), sigma_px)


def _likeness(case: Case) -> list[Reading]:
    """How far apart the network finds both faces: 0 where not a pixel changed; nothing for a face too small to tell."""
    before, after = case.before, case.after
    eyes_px = float(np.hypot(*(before.face_mesh_K2[LEFT_EYE] - before.face_mesh_K2[RIGHT_EYE])))
    if eyes_px < LEAST_EYES_PX or not can_compare():
        return []
    untouched = np.array_equal(before.image_HW3[before.face], after.image_HW3[before.face])
    apart = 0.0 if untouched else float(np.linalg.norm(face_numbers(before) - face_numbers(after)))
    return [
        Reading(
            name="face_likeness",
            value=apart,
            bar=LIKENESS,
            region=region_of(before.face),
            says=f"the face is {apart:.2f} from the photograph's for a network that tells people apart",
            fixes=(fix(KEEP),),
        )
    ]


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
