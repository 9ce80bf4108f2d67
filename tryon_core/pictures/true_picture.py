"""How far a picture is from the true one: numbers that no judge here selects by.

Shapes: H, W rows and columns; 3 is RGB or Lab.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

from ..errors import BadInput
from .features import colour_difference, to_lab
from .masks import closed, grown, opened, shrunk

_DIFFERENT = 5.0  # Lab units after a blur of 1.5 pixels: above what lossy storage does, below what another cloth does
_PATCH_SHARE, _SHIFT_SHARE = 1 / 16, 1 / 32  # of the picture's width: a patch, and how far it may lie off its place
_GAP_SHARE = 1 / 64  # of the width, half of the widest gap that is closed
_TEXTURED = 4.0  # Lab units, standard deviation in a patch without its shading: below it there is nothing to find
_FEWEST_PATCHES = 6
_SSIM_PX = 7  # side of SSIM's window, each of its pixels with equal weight
_EDGE_BLUR_PX, _WEAK, _STRONG = 1.5, 40, 120  # Canny's, on each channel of Lab; a step of 12 units is a strong edge


@dataclass(frozen=True, kw_only=True)
class TruthError:
    """One picture against the true one, in the edit zone: where the true picture differs from the photograph.

    ciede2000     mean colour difference in the edit zone; 0 equal, about 1 just noticeable
    ssim_inside   mean SSIM in the edit zone, on grey values, in square windows of 7 pixels as scikit-image has it (Wang
                  et al. 2004 weigh by a Gaussian, which gives other numbers); stripes lose by phase alone
    ssim_outside  mean SSIM outside it
    edges         0-1: how far the edges (Canny, in any channel of Lab) of one picture are from those of the other in
                  the edit zone, mean of both ways, as a share of 1/32 of the width, beyond which an edge is missing;
                  None where the true picture has none there
    found         0-1: how well each textured patch of the true edit zone is found again near its place (normalised
                  cross-correlation in Lab, the best shift within 1/32 of the width); None where nothing is textured
    """

    ciede2000: float
    ssim_inside: float
    ssim_outside: float
    edges: float | None
    found: float | None


def compare(person: Image.Image, truth: Image.Image, candidate: Image.Image) -> TruthError:
    """Measure a candidate against the true picture of its sample.

    raises   BadInput where the three pictures differ in size, or the true picture does not differ from the photograph
    """
    if not person.size == truth.size == candidate.size:
        raise BadInput(f"pictures differ in size: {person.size}, {truth.size}, {candidate.size}; give equal ones")
    return TruePicture(person, truth).error(candidate)


class TruePicture:
    """The true picture of a sample, looked at once for many candidates.

    rim_share   of the width: how far around the edit zone is looked, too, so that cloth beyond the true outline counts
    """

    def __init__(self, person: Image.Image, truth: Image.Image, rim_share: float = 0.0):
        """raises BadInput where the true picture does not differ from the photograph, or has another size"""
        if person.size != truth.size:
            raise BadInput(f"photograph and true picture differ in size: {person.size}, {truth.size}; give equal ones")
        was_HW3, self._true_HW3 = (np.array(picture.convert("RGB")) for picture in (person, truth))
        self._edit_HW = edit_zone(was_HW3, self._true_HW3)
        if not self._edit_HW.any():
            raise BadInput("the true picture does not differ from the photograph; there is nothing to be drawn")
        self.zone_HW = grown(self._edit_HW, rim_share * truth.width) if rim_share else self._edit_HW
        self._lab_HW3 = to_lab(self._true_HW3)
        self._edges_HW = edges_of(self._lab_HW3)

    def error(self, candidate: Image.Image) -> TruthError:
        """How far a picture of the same size is from the true one."""
        got_HW3 = np.array(candidate.convert("RGB"))
        alike_HW, lab_HW3 = _ssim(self._true_HW3, got_HW3), to_lab(got_HW3)
        return TruthError(
            ciede2000=float(colour_difference(self._lab_HW3[self.zone_HW], lab_HW3[self.zone_HW]).mean()),
            ssim_inside=float(alike_HW[self.zone_HW].mean()),
            ssim_outside=float(alike_HW[~self.zone_HW].mean()),
            edges=_edges_apart(self._edges_HW, edges_of(lab_HW3), self.zone_HW),
            found=_found_again(self._lab_HW3, lab_HW3, self._edit_HW),  # beyond it lies the photograph's own texture
        )


def edit_zone(was_HW3: np.ndarray, true_HW3: np.ndarray) -> np.ndarray:
    """bool (H, W): where the true picture (uint8 RGB) differs from the photograph, without crumbs and narrow gaps.

    The gaps are what both pictures share: the white of stripes that replace a white top.
    """
    apart = np.linalg.norm(to_lab(was_HW3) - to_lab(true_HW3), axis=-1)
    different = cv2.GaussianBlur(apart, (0, 0), 1.5) > _DIFFERENT
    return closed(opened(different, 2), was_HW3.shape[1] * _GAP_SHARE)


def edges_of(lab_HW3: np.ndarray) -> np.ndarray:
    """bool (H, W): edges one pixel wide (Canny 1986), in any channel of a Lab picture."""
    bytes_HW3 = np.clip(cv2.GaussianBlur(lab_HW3, (0, 0), _EDGE_BLUR_PX) * 2 + [0, 128, 128], 0, 255).astype(np.uint8)
    channels = (np.ascontiguousarray(bytes_HW3[..., axis]) for axis in range(3))
    return np.any([cv2.Canny(channel_HW, _WEAK, _STRONG, L2gradient=True) > 0 for channel_HW in channels], axis=0)


def _edges_apart(true_HW: np.ndarray, got_HW: np.ndarray, zone_HW: np.ndarray) -> float | None:
    """Chamfer distance, each edge's way to the other picture's nearest cut off at the reach and shared by it."""
    true_in_HW, got_in_HW = true_HW & zone_HW, got_HW & zone_HW
    if not true_in_HW.any():
        return None
    if not got_in_HW.any():
        return 1.0
    reach_px = true_HW.shape[1] * _SHIFT_SHARE
    missing, surplus = (
        np.minimum(_away_px(of_HW)[at_HW] / reach_px, 1).mean()
        for of_HW, at_HW in ((got_HW, true_in_HW), (true_HW, got_in_HW))
    )
    return float(missing + surplus) / 2


def _away_px(edges_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W): how far each pixel is from the nearest edge."""
    return cv2.distanceTransform((~edges_HW).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def _ssim(one_HW3: np.ndarray, other_HW3: np.ndarray) -> np.ndarray:
    grey = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (one_HW3, other_HW3))
    return structural_similarity(*grey, win_size=_SSIM_PX, gaussian_weights=False, full=True)[1]


def _texture(patch_hw3: np.ndarray) -> float:
    """Standard deviation of its most varied channel, without slow shading."""
    shading = cv2.GaussianBlur(patch_hw3, (0, 0), patch_hw3.shape[0] / 4)
    return float((patch_hw3 - shading).std((0, 1)).max())


def _found_again(true_HW3: np.ndarray, got_HW3: np.ndarray, zone_HW: np.ndarray) -> float | None:
    """Mean over textured patches of the best match near their place; no match is worse than none."""
    side, reach = (round(zone_HW.shape[1] * share) for share in (_PATCH_SHARE, _SHIFT_SHARE))
    inside_HW, found = shrunk(zone_HW, side / 8), []
    for top in range(0, zone_HW.shape[0] - side, side // 2):
        for left in range(0, zone_HW.shape[1] - side, side // 2):
            square = np.s_[top : top + side, left : left + side]
            patch_hw3 = true_HW3[square]
            if not inside_HW[square].all() or _texture(patch_hw3) < _TEXTURED:
                continue
            around = np.s_[max(0, top - reach) : top + side + reach, max(0, left - reach) : left + side + reach]
            found.append(cv2.matchTemplate(got_HW3[around], patch_hw3, cv2.TM_CCOEFF_NORMED).max())
    return float(np.clip(found, 0, 1).mean()) if len(found) >= _FEWEST_PATCHES else None
