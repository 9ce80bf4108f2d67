"""What stayed as photographed outside the edit: SSIM and PSNR, where it may not have changed at all."""

# Shapes: H, W rows and columns at the working size; 3 is RGB.
import cv2
import numpy as np
from skimage.metrics import structural_similarity

from ....pictures.masks import grown
from ....scales import Metric
from ...embedded.seeing.perception import WORKING_SIDE_PX

_SIGMA_PX, _REACH_PX = 1.5, 8  # of SSIM's window (Wang et al. 2004), 11 px wide: its Gaussian; its corners' reach
MOST_DB = 100.0  # of pictures that are equal; one grey level in one value of 768 x 1024 is 112 dB
_LEAST_SHARE = 0.01  # of the picture: with less outside there is nothing to keep

_OUTSIDE = (
    f"both pictures at a long side of {WORKING_SIDE_PX} px, Lanczos; outside the sample's mask, else outside where a "
    f"garment of its kind may lie on its person, {_REACH_PX} px away from it"
)
METRICS = (
    Metric(
        name="kept_ssim",
        unit="SSIM",
        low=-1.0,
        high=1.0,
        better="higher",
        model="none",
        licence="none",
        protocol=f"mean SSIM of grey values in Gaussian windows of {_SIGMA_PX} px (Wang et al. 2004); {_OUTSIDE}",
    ),
    Metric(
        name="kept_psnr",
        unit="dB",
        low=0.0,
        high=MOST_DB,
        better="higher",
        model="none",
        licence="none",
        protocol=f"of the mean squared difference of RGB, equal pictures {MOST_DB:g} dB; {_OUTSIDE}",
    ),
)


def kept_outside(was_HW3: np.ndarray, now_HW3: np.ndarray, edit_HW: np.ndarray) -> dict[str, float | str]:
    """The numbers of METRICS, or why there are none.

    was_HW3, now_HW3   uint8 RGB        edit_HW   bool, where the picture may have changed
    """
    outside_HW = ~grown(edit_HW, _REACH_PX)
    if outside_HW.mean() < _LEAST_SHARE:
        return {metric.name: "the edit may lie nearly everywhere; nothing is left outside it" for metric in METRICS}
    grey = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (was_HW3, now_HW3))
    alike_HW = structural_similarity(
        *grey, gaussian_weights=True, sigma=_SIGMA_PX, use_sample_covariance=False, full=True
    )[1]
    error = float(((was_HW3[outside_HW].astype(np.float64) - now_HW3[outside_HW]) ** 2).mean())
    psnr = MOST_DB if error == 0 else min(MOST_DB, float(10 * np.log10(255**2 / error)))
    return {"kept_ssim": float(alike_HW[outside_HW].mean()), "kept_psnr": psnr}
