"""Where each class of a parse may be: how readily it is believed at each place of the body, before any colour."""

# Shapes: H, W image rows and columns; C classes.
import numpy as np

from .....pictures.masks import capsule, grown, soft
from ..anatomy import torso_slice
from ..body_frame import BodyFrame
from ..border import Border
from .clues import Clues

UPPER, SKIN, LOWER, HAIR = range(4)
_COLLAR, _THROAT = -0.2, 0.33  # torso lengths: above any collar but a roll neck; half a neck in widths of the face
_WAIST = 0.85  # torso lengths: where a dress is parted
_EITHER, _TAIL = 0.015, 0.02  # torso lengths beside a border where colours decide; belief in a shirt's tail below it
_LONGEST_TAIL = 0.3  # torso lengths


def near_torso(shape: tuple[int, int], frame: BodyFrame) -> np.ndarray:
    """bool (H, W): where the trunk of an upper garment may be, as wide at a flared hem as at the shoulders."""
    down_HW, across_HW = frame.down_share_HW(shape), frame.across_px_HW(shape)
    flared = (np.abs(across_HW) < 0.75 * frame.shoulder_px) & (down_HW > 0.2) & (down_HW < 1.4)
    return torso_slice(shape, frame, wide=1.6, top=-0.2, bottom=1.2) | flared


def throat(clues: Clues) -> np.ndarray:
    """bool (H, W): the neck below the chin; in its shadow it has hair's colours."""
    head = clues.head
    return capsule(clues.shape, head.chin, clues.frame.centre, head.width_px * _THROAT) & ~head.face


def hair_room(clues: Clues) -> np.ndarray:
    """bool (H, W): a ring above and beside the face; beside the neck and up where no face is seen, as in a picture
    that is cut at the mouth."""
    head, shape = clues.head, clues.shape
    if not head.seen:
        down_HW, across_HW = clues.frame.down_share_HW(shape), clues.frame.across_px_HW(shape)
        above = (down_HW < _COLLAR) & (np.abs(across_HW) < head.width_px)
        return above & ~capsule(shape, head.top, clues.frame.centre, head.width_px * _THROAT)
    y, x = _rows_and_columns(shape)
    centre, height_px = (head.top + head.chin) / 2, float(np.hypot(*(head.top - head.chin)))
    across, down = (x - centre[0]) / (head.width_px * 0.78), (y - centre[1] + height_px * 0.22) / (height_px * 0.88)
    return (across**2 + down**2 < 1) & ~grown(head.face, 2) & (y < head.chin[1] - height_px * 0.15)


def priors(clues: Clues) -> np.ndarray:
    """float32 (H, W, C): how readily each class is believed at each place."""
    shape, head, arms, frame = clues.shape, clues.head, clues.arms, clues.frame
    unit, down_HW = frame.shoulder_px, frame.down_share_HW(shape)
    trunk = near_torso(shape, frame)
    neck_HW = soft(throat(clues), unit * 0.02)
    upper = soft(trunk | (arms & (down_HW > -0.25)), unit * 0.05)
    upper *= (0.95 * _step(1.12 - down_HW, 0.05) + 0.05 * _step(1.5 - down_HW, 0.05)) * _step(down_HW + 0.22, 0.03)
    skin = 0.5 * (1 - 0.75 * soft(clues.torso & (down_HW > 0.12) & (down_HW < 0.9), unit * 0.05))
    skin *= 1 - 0.75 * soft(trunk & ~arms & (down_HW > 0.7), unit * 0.02)  # hips are dressed
    skin *= 1 + 3 * neck_HW  # a neck in shadow is darker than the cheeks
    lower = _step(down_HW - 0.97, 0.04)
    y, x = _rows_and_columns(shape)
    away = ((x - head.chin[0]) ** 2 + (y - (head.chin[1] - head.width_px * 0.6)) ** 2) / (head.width_px * 1.25) ** 2
    falling = (np.abs(x - head.chin[0]) < head.width_px * 0.95) & (down_HW < 0.45) & (down_HW > -0.8)
    hair = np.maximum(np.exp(-(away * away)) * 0.9 + 1e-3, 0.25 * falling) * (1 - 0.85 * neck_HW)
    return np.stack([upper, skin, lower, hair], -1).astype(np.float32)


def part_at_waist(priors_HWC: np.ndarray, clues: Clues) -> None:
    """Take the waist for the border of two garments of the same colours: in place."""
    down_HW = clues.frame.down_share_HW(clues.shape)
    priors_HWC[..., UPPER] *= _step(_WAIST - down_HW, 0.01)
    priors_HWC[..., LOWER] = _step(down_HW - _WAIST, 0.01)


def part_at_border(priors_HWC: np.ndarray, border: Border, clues: Clues) -> None:
    """Let each garment be believed on its own side of their border only, and skin between them: in place."""
    frame, shape, unit = clues.frame, clues.shape, clues.frame.shoulder_px
    down_HW, across_HW = frame.down_share_HW(shape), frame.across_px_HW(shape)
    below_HW = down_HW - (border.level_px(across_HW) / frame.torso_px).astype(np.float32)
    trunk = near_torso(shape, frame) | (np.abs(across_HW) < 0.5 * unit)
    trunk_HW = soft(trunk, unit * 0.05) * _step(down_HW + 0.22, 0.03)
    bare = border.bare_px / frame.torso_px
    above_HW = (1 - _TAIL) * _step(_EITHER - bare - below_HW, 0.01) + _TAIL * _step(_LONGEST_TAIL - below_HW, 0.05)
    sleeve_HW = soft(clues.arms & (down_HW > -0.25), unit * 0.05)
    priors_HWC[..., UPPER] = np.maximum(trunk_HW * above_HW, np.minimum(priors_HWC[..., UPPER], sleeve_HW))
    priors_HWC[..., LOWER] = _step(below_HW + _EITHER, 0.01)
    priors_HWC[..., SKIN][bare_band(border, clues)] = 0.5


def bare_band(border: Border, clues: Clues) -> np.ndarray:
    """bool (H, W): the stomach between an upper garment that ends early and the lower one."""
    down_HW, across_HW = clues.frame.down_share_HW(clues.shape), clues.frame.across_px_HW(clues.shape)
    above_px_HW = border.level_px(across_HW) - down_HW * clues.frame.torso_px
    return (above_px_HW > 0) & (above_px_HW < border.bare_px) & (np.abs(across_HW) < 0.5 * clues.frame.shoulder_px)


def _rows_and_columns(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """float32 (H, 1) and (1, W) that broadcast: the numbers of a picture's rows and columns."""
    return np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)[None]


def _step(x: np.ndarray, width: float) -> np.ndarray:
    """A smooth step from 0 to 1 at 0."""
    return 1 / (1 + np.exp(-np.clip(x / width, -30, 30)))
