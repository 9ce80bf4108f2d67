"""Which colours a garment has, by share: the modes of its Lab histogram, as many as there are."""

# Shapes: H, W rows and columns; N pixels; K colours; C cells of a histogram; 3 is Lab or RGB.
import cv2
import numpy as np
from pydantic import Field
from scipy.cluster.vq import vq

from ...records import Record
from ..features import ColourModel, colour_difference, lab_distance, to_rgb
from ..masks import box_of, shrunk
from .colour_names import colour_name

RIM = 0.008  # of the root of the mask's area: pixels on its edge are mixed with the background
LEAST_PX = 400  # fewer pixels of cloth have no shares
CALM = 0.6  # of the pixels, those with the least change around them, say which colours there are: edges are mixtures
FLAT = 3.0  # Lab units of change that are calm in any cloth
LIGHTNESS_BLUR, COLOUR_BLUR = 4.0, 3.0  # Lab units: what grain and JPEG spread one colour over
VALLEY = 0.7  # of the lower of two peaks: below it two colours, above it one colour in light and shade
UNLIKE = 7.0  # CIEDE2000 below which two modes are one colour to the eye, on cloth
FEW = 0.12  # of the pixels: colours with less are asked whether they are another one in shade
SHADE, GREY_SHADE = 0.3, 0.5  # of the light: folds and the insides of sleeves have more; a grey is also a print's
GREY = 12.0  # chroma below which a colour is a grey
ON_LINE = 9.0  # Lab units: how far a shade is off the straight line to black
SMALLEST = 0.015  # share of the cloth below which a colour is left out: buttons, labels, mixed edges


class Swatch(Record):
    """One colour of a garment. `rgb` 0-255 sRGB, `lab` CIELAB under D65, `share` of the garment's pixels 0-1."""

    name: str
    rgb: tuple[int, int, int]
    lab: tuple[float, float, float]
    share: float = Field(gt=0, le=1)


def inside(mask_HW: np.ndarray) -> np.ndarray:
    """bool (H, W): the mask without the pixels of its edge, which are mixed with the background."""
    return shrunk(mask_HW, max(1.0, RIM * float(np.sqrt(mask_HW.sum()))))


def palette_of(lab_HW3: np.ndarray, cloth_HW: np.ndarray) -> tuple[Swatch, ...]:
    """The colours of a garment, the largest share first.

    The smoothed Lab histogram is climbed from its peaks down: a peak is a colour of its own where the way to a higher
    one leads through a valley (persistence, Chazal et al. 2013), so that shading, which spreads one colour without a
    gap, stays one colour and the number of colours is not chosen. Shares are of all pixels; those left out, below
    SMALLEST, are missing from their sum.

    lab_HW3    float32, CIELAB
    cloth_HW   bool, the mask without its edge; LEAST_PX pixels or more
    """
    lab_N3, change_N = lab_HW3[cloth_HW], _change(lab_HW3, cloth_HW)
    calm_N3 = lab_N3[change_N <= max(float(np.quantile(change_N, CALM)), FLAT)]
    peak_C = _modes(ColourModel(calm_N3, LIGHTNESS_BLUR, COLOUR_BLUR, stray_share=1e-6).share)
    centres_K3 = _centres(calm_N3.astype(np.float64), peak_C[ColourModel.cells(calm_N3)])
    centres_K3 = centres_K3[~_shades(lab_N3, centres_K3)]
    shares_K = _shares(lab_N3, centres_K3)
    order = [k for k in np.argsort(-shares_K, kind="stable") if shares_K[k] >= SMALLEST]
    return tuple(_swatch(centres_K3[k], float(shares_K[k])) for k in order)


def _change(lab_HW3: np.ndarray, cloth_HW: np.ndarray) -> np.ndarray:
    """float (N,): the largest spread of a channel in the 3 x 3 pixels around each pixel of cloth, Lab units."""
    around, box = np.ones((3, 3), np.uint8), box_of(cloth_HW, 2)
    lab = cv2.GaussianBlur(lab_HW3[box], (0, 0), 0.7)
    return (cv2.dilate(lab, around) - cv2.erode(lab, around)).max(-1)[cloth_HW[box]]


def _shades(lab_N3: np.ndarray, centres_K3: np.ndarray) -> np.ndarray:
    """bool (K,): small colours that are a larger one in shade."""
    shares_K, shades_K = _shares(lab_N3, centres_K3), np.zeros(len(centres_K3), bool)
    for k in np.flatnonzero(shares_K < FEW):
        shades_K[k] = _in_shade(centres_K3[k], centres_K3[shares_K > shares_K[k]])
    return shades_K


def _in_shade(lab_3: np.ndarray, larger_J3: np.ndarray) -> bool:
    """Whether a colour is another one in less light, where L*, a* and b* shrink alike."""
    light_J = (larger_J3 @ lab_3) / np.maximum((larger_J3**2).sum(1), 1e-6)
    apart_J = lab_distance(larger_J3 * light_J[:, None], lab_3)
    least_J = np.where(np.hypot(*larger_J3.T[1:]) < GREY, GREY_SHADE, SHADE)
    return bool(((light_J >= least_J) & (light_J < 1) & (apart_J < ON_LINE)).any())


def _shares(lab_N3: np.ndarray, centres_K3: np.ndarray) -> np.ndarray:
    return np.bincount(_nearest(lab_N3, centres_K3), minlength=len(centres_K3)) / len(lab_N3)


def _nearest(lab_N3: np.ndarray, centres_K3: np.ndarray) -> np.ndarray:
    """int (N,): the nearest colour, lightness counting half: it changes with the folds."""
    weights = np.array([0.5, 1.0, 1.0])
    return vq(lab_N3 * weights, centres_K3 * weights)[0]


def _modes(share_LAB: np.ndarray) -> np.ndarray:
    """int (C,): to which peak each cell belongs, by the index of the peak's cell."""
    padded = np.pad(share_LAB, 1)
    height_C, parent = padded.ravel(), np.full(padded.size, -1)
    steps = np.ravel_multi_index(np.indices((3, 3, 3)).reshape(3, -1), padded.shape)
    steps = steps[steps != steps[13]] - steps[13]
    order = np.argsort(-height_C, kind="stable")
    for cell in order[: np.count_nonzero(height_C > height_C.max() * 1e-5)]:
        around = sorted({_root(parent, at) for at in cell + steps if parent[at] >= 0}, key=lambda at: -height_C[at])
        parent[cell] = around[0] if around else cell
        for lower in around[1:]:  # two hills meet here: one, if the pass is about as high as the lower of them
            if height_C[cell] >= VALLEY * height_C[lower]:
                parent[lower] = around[0]
    roots_C = np.array([_root(parent, at) if parent[at] >= 0 else -1 for at in range(padded.size)])
    return roots_C.reshape(padded.shape)[1:-1, 1:-1, 1:-1].ravel()


def _root(parent: np.ndarray, at: int) -> int:
    while parent[at] != at:
        at = parent[at]
    return int(at)


def _centres(lab_N3: np.ndarray, peak_N: np.ndarray) -> np.ndarray:
    """float (K, 3): the median colours of the modes, those joined that the eye does not tell apart."""
    label_N = np.unique(peak_N, return_inverse=True)[1]
    while True:
        centres_K3 = np.array([np.median(lab_N3[label_N == k], axis=0) for k in range(label_N.max() + 1)])
        apart_KK = colour_difference(centres_K3[:, None], centres_K3[None]) + 1e6 * np.eye(len(centres_K3))
        one, other = np.unravel_index(np.argmin(apart_KK), apart_KK.shape)
        if apart_KK[one, other] >= UNLIKE:
            return centres_K3
        label_N = np.unique(np.where(label_N == one, other, label_N), return_inverse=True)[1]


def _swatch(lab_3: np.ndarray, share: float) -> Swatch:
    rgb = to_rgb(np.float32(lab_3)[None, None])[0, 0]
    lightness, a, b = (round(float(value), 2) for value in lab_3)
    return Swatch(name=colour_name(lab_3), rgb=tuple(int(v) for v in rgb), lab=(lightness, a, b), share=round(share, 4))
