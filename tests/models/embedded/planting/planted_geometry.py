"""True pictures of the rendered people, with a garment that ends elsewhere, sits elsewhere or is not the only one."""

# Shapes: H, W rows and columns; 3 is RGB; all pictures are 768 x 1024. `by` is in the unit of what it changes.
from functools import cache, lru_cache

import cv2
import numpy as np
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models import load
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.shape.fit import ARMS, Fit, worn_fit
from tryon_core.models.embedded.seeing.fill import grain, spread
from tryon_core.models.embedded.seeing.perception import Person, see_person
from tryon_core.pictures.masks import grown, largest
from tryon_core.records import Judgement, Sample


def people_sample(person: str, garment: str) -> Sample:
    images = {"person": demo_picture("persons", person), "garment": demo_picture("garments", garment)}
    return Sample(sample_id=f"{person}_{garment}", wish="", images=images)


@lru_cache(6)
def _person(name: str) -> Person:
    return see_person(demo_picture("persons", name))


@lru_cache(8)  # each takes 60 to 100 MB
def people_case(person: str, garment: str) -> Case:
    """The true picture as the judge sees it."""
    asked, truth = people_sample(person, garment), demo_picture("truth", f"{person}_{garment}")
    return Case(
        before=_person(person),
        after=see_person(truth),
        garment=see_garment(asked.images["garment"]),
    )


@cache
def judged(person: str, garment: str, defect: str = "", by: float = 0.0) -> Judgement:
    """The judgement of a true picture, with a defect of this file planted, if one is named."""
    image = people_case(person, garment).after.image_HW3
    if defect:
        image = DEFECTS[defect](people_case(person, garment), by)
    return load("measure", "judge")(people_sample(person, garment), Image.fromarray(np.uint8(np.clip(image, 0, 255))))


def mixed(image_HW3: np.ndarray, over, mask_HW: np.ndarray, soft_px: float = 0.8) -> np.ndarray:
    """Another picture or colour laid over a masked part, with a soft edge: float (H, W, 3)."""
    share = cv2.GaussianBlur(mask_HW.astype(np.float32), (0, 0), soft_px)[..., None]
    return image_HW3 * (1 - share) + over * share


def taken_off(case: Case, part_HW: np.ndarray, like_HW: np.ndarray) -> np.ndarray:
    """The true picture with a part of the garment replaced by the colours of another part of the picture."""
    near_HW = cv2.dilate(case.worn_HW.astype(np.uint8), np.ones((9, 9))).astype(bool)
    return mixed(case.after.image_HW3, likeness(case, like_HW & ~near_HW), part_HW & case.worn_HW)


def likeness(case: Case, like_HW: np.ndarray) -> np.ndarray:
    """Colours and grain of a part of the true picture, everywhere."""
    image = case.after.image_HW3
    return spread(image, like_HW) + grain(image, like_HW)


def fit_of(case: Case) -> Fit:
    return worn_fit(case.worn_HW, case.before)


def axes(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """(across in shoulder widths, down in torso lengths) of every pixel."""
    frame, shape = case.before.frame, case.worn_HW.shape
    return frame.across_px_HW(shape) / frame.shoulder_px, frame.down_share_HW(shape)


def trunk_of(case: Case) -> np.ndarray:
    """The garment without its sleeves."""
    return largest(case.worn_HW & ~grown(case.before.arms, 10))


def outside(case: Case) -> np.ndarray:
    return case.after.alpha_HW < 0.1


def redrawn(case: Case, part_HW: np.ndarray, across_HW: np.ndarray, down_HW: np.ndarray) -> np.ndarray:
    """A part of the garment taken from elsewhere: at each pixel from (across, down) of the true picture."""
    frame = case.before.frame
    points = across_HW[..., None] * frame.shoulder_px * frame.across_2 + down_HW[..., None] * (
        frame.torso_px * frame.down_2 / (frame.down_2 @ frame.down_2)
    )
    x, y = (frame.centre[k] + points[..., k].astype(np.float32) for k in (0, 1))
    moved, mask = (
        cv2.remap(values, np.float32(x), np.float32(y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for values in (case.after.image_HW3, part_HW.astype(np.float32))
    )
    return mixed(taken_off(case, part_HW, outside(case)), moved, mask > 0.5)


def shorter(case: Case, by: float) -> np.ndarray:
    _, down = axes(case)
    return taken_off(case, trunk_of(case) & (down > fit_of(case).hem - by), case.after.lower & (down > 1))


def longer(case: Case, by: float) -> np.ndarray:
    across, down = axes(case)
    hem, start = fit_of(case).hem, 0.5
    stretched = start + (down - start) * (hem - start) / (hem + by - start)
    return redrawn(case, trunk_of(case), across, np.where(down > start, stretched, down))


def wider(case: Case, by: float) -> np.ndarray:
    """Below the armpits; a negative amount makes it narrower."""
    across, down = axes(case)
    fit = fit_of(case)
    factor = 1 + by / fit.width * np.clip((down - 0.3) / 0.1, 0, 1)
    return redrawn(case, trunk_of(case), fit.middle + (across - fit.middle) / factor, down)


def shifted(case: Case, by: float) -> np.ndarray:
    across, down = axes(case)
    return redrawn(case, case.worn_HW, across - by, down)


def along_arm(case: Case, side: int) -> np.ndarray:
    """Share of the way from shoulder to wrist of every pixel of one arm; -1 elsewhere."""
    joints = case.before.landmarks_K3[list(ARMS[side]), :2].astype(np.float64)
    lengths = np.hypot(*np.diff(joints, axis=0).T)
    y, x = np.mgrid[: case.worn_HW.shape[0], : case.worn_HW.shape[1]]
    best, share = np.full(x.shape, np.inf), np.full(x.shape, -1.0)
    for k, (start, bone) in enumerate(zip(joints[:-1], np.diff(joints, axis=0), strict=True)):
        foot = np.clip(((x - start[0]) * bone[0] + (y - start[1]) * bone[1]) / lengths[k], 0, lengths[k])
        away = np.hypot(x - start[0] - foot * bone[0] / lengths[k], y - start[1] - foot * bone[1] / lengths[k])
        nearer = away < np.minimum(best, 0.22 * case.before.frame.shoulder_px)
        share[nearer], best[nearer] = ((lengths[:k].sum() + foot) / lengths.sum())[nearer], away[nearer]
    across, _ = axes(case)
    return np.where((across > 0.4) if side else (across < -0.4), share, -1.0)


def sleeve_shorter(case: Case, by: float, sides: tuple[int, ...] = (0, 1)) -> np.ndarray:
    cut = np.zeros(case.worn_HW.shape, bool)
    for side in sides:
        cut |= along_arm(case, side) > fit_of(case).sleeves[side] - by
    return taken_off(case, cut, case.after.skin & case.before.arms)


def sleeve_longer(case: Case, by: float) -> np.ndarray:
    more = np.zeros(case.worn_HW.shape, bool)
    for side in (0, 1):
        end, along = fit_of(case).sleeves[side], along_arm(case, side)
        more |= (along > end - 0.05) & (along < end + by) & (case.after.alpha_HW > 0.5) & ~case.after.upper
    return mixed(case.after.image_HW3, spread(case.after.image_HW3, case.worn_HW), more & ~case.worn_HW)


def neckline_deeper(case: Case, by: float) -> np.ndarray:
    """`by` in shoulder widths; a negative amount closes it."""
    across, down = axes(case)
    down = down * case.before.frame.torso_px / case.before.frame.shoulder_px
    end, neck = fit_of(case).neckline, case.after.skin & ~case.after.face & (np.abs(across) < 0.3) & (down < 0.3)
    if by > 0:
        throat = neck & (np.abs(across) < 0.2)
        deep = (down < end + by) & ((across / 0.2) ** 2 + (np.maximum(down - end, 0) / by) ** 2 < 1)
        return mixed(case.after.image_HW3, likeness(case, throat), deep & case.worn_HW)
    return mixed(case.after.image_HW3, spread(case.after.image_HW3, case.worn_HW), neck & (down > end + by))


def old_hem_left(case: Case, by: float) -> np.ndarray:
    """The old garment still shows under the new hem, up to `by` torso lengths of it."""
    across, down = axes(case)
    strip = case.before.upper & ~case.worn_HW & (down < fit_of(case).hem + by) & (down > 0.6) & (np.abs(across) < 0.6)
    return mixed(case.after.image_HW3, case.before.image_HW3, strip)


def old_sleeve_left(case: Case, by: float) -> np.ndarray:
    """The old sleeve still shows below the new one, `by` of the arm's length of it."""
    strip = np.zeros(case.worn_HW.shape, bool)
    for side in (0, 1):
        along, end = along_arm(case, side), fit_of(case).sleeves[side]
        strip |= (along > end - 0.02) & (along < end + by) & case.before.upper & ~case.worn_HW
    return mixed(case.after.image_HW3, case.before.image_HW3, strip)


DEFECTS = {
    "hem too high": shorter,
    "hem too low": longer,
    "sleeves too short": sleeve_shorter,
    "sleeves too long": sleeve_longer,
    "one sleeve missing": lambda case, by: sleeve_shorter(case, by, sides=(0,)),
    "neckline too deep": neckline_deeper,
    "neckline too high": lambda case, by: neckline_deeper(case, -by),
    "too narrow": lambda case, by: wider(case, -by),
    "too wide": wider,
    "too far right": shifted,
    "old hem left": old_hem_left,
    "old sleeve left": old_sleeve_left,
}
