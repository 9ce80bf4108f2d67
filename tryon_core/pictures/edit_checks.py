"""What an edit did to the rest of the picture: moved it, scaled it, tinted it; measured, and put back where asked.

Users of FLUX.2 [klein] meet frames that moved by a fifth of the width (invoke-ai/InvokeAI#9507), pictures that jump and
turn yellow (Acly/krita-ai-diffusion#2326), small zooms (QwenLM/Qwen-Image#229 for a like model), and want the
photograph's own colours back outside the edit (supermansundies/comfyui-klein-edit-composite#8).
"""

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from PIL import Image

from ..records import EditRequest, Measurement

if TYPE_CHECKING:
    from .edit_colour import Drift
    from .edit_frame import Motion

Checks = dict[str, Measurement | str]

DECIMALS = 4
_IMPORTING = threading.Lock()  # of two threads that import a module which fails, the second is handed half of it
MISSING = "OpenCV or scikit-image is not installed; pip install 'tryon-core[embedded]'"


def finished(request: EditRequest, drawn: Image.Image, composite_back: bool = False) -> tuple[Image.Image, Checks]:
    """The picture to judge, and what was measured of the edit; with `composite_back` what lies outside it is put back.

    The checks, each a number with its bar or the reason why there is none:
    frame_shift, frame_shift_x, frame_shift_y  how far the picture's centre moved; right and down are positive
    frame_scale, frame_turn                    how large everything is drawn, 1 as photographed, and turned clockwise
    colour_drift, colour_drift_L, _a, _b       median change of colour outside the edit, and which way
    edited_share                               of the picture, by the request's mask or as found
    put_back                                   with `composite_back`: the share that stands as photographed
    """
    found = examined(request, drawn)
    checks = _frame_checks(found.motion) | _colour_checks(found)
    if not composite_back:
        return drawn, checks
    image, checks["put_back"] = _composited(found, drawn)
    return image, checks


def laid_into_photo(
    photo: Image.Image, drawn: Image.Image, taken: Image.Image | None, *, keeps_frame: bool = False
) -> tuple[Image.Image, Checks]:
    """The photograph with a part of a drawn picture laid into it, of the drawn picture's size, and `finished`'s checks.

    taken        mode L, of the drawn picture and in its frame, white where it is taken; None: the edit as it is found
    keeps_frame  the pictures lie over each other: nothing is registered, and no drift of colours taken out
    """
    request = EditRequest(prompt="", images=(photo,))
    if taken is None:
        return finished(request, drawn, composite_back=True)
    if keeps_frame and photo.size == drawn.size:
        return _laid_as_it_is(photo, drawn, taken)
    motion = examined(request, drawn).motion
    if not isinstance(motion, str):
        taken = Image.fromarray(motion.undone(np.asarray(taken))[0])
    return finished(replace(request, mask=taken), drawn, composite_back=True)


def _laid_as_it_is(photo: Image.Image, drawn: Image.Image, taken: Image.Image) -> tuple[Image.Image, Checks]:
    from .put_back import put_back

    drawn_HW3, taken_HW = np.asarray(drawn.convert("RGB")), np.asarray(taken) > 127
    everywhere_HW = np.ones(taken_HW.shape, bool)
    laid_HW3, share = put_back(np.asarray(photo.convert("RGB")), drawn_HW3, everywhere_HW, taken_HW, None)
    return Image.fromarray(laid_HW3), {"put_back": _measured(share, "of the picture", 0.0, "higher")}


class Examined(NamedTuple):
    """What was found of an edit; a string says why something was not.

    photo_HW3   the photograph at the drawn picture's size, uint8 RGB
    laid_HW3    the drawn picture, moved back over the photograph where it had moved
    covered_HW  bool, True where it then reaches
    given_HW    bool, True where the request's mask allows change; None without one
    """

    photo_HW3: np.ndarray
    laid_HW3: np.ndarray
    covered_HW: np.ndarray
    given_HW: np.ndarray | None
    motion: "Motion | str"
    drift: "Drift | str"


def examined(request: EditRequest, drawn: Image.Image) -> Examined:
    """Where the drawn picture lies over `request.images[0]`, and how its colours differ outside the edit."""
    photo = request.images[0].convert("RGB")
    drawn_HW3, photo_HW3 = np.asarray(drawn.convert("RGB")), np.asarray(_resized(photo, drawn.size))
    given_HW = np.asarray(_resized(request.mask.convert("L"), drawn.size)) > 127 if request.mask else None

    def untold(why: str) -> Examined:
        return Examined(photo_HW3, drawn_HW3, np.ones(drawn_HW3.shape[:2], bool), given_HW, motion=why, drift=why)

    if not same_shape(photo.size, drawn.size):
        sizes = f"{drawn.width} x {drawn.height} px drawn from {photo.width} x {photo.height}"
        return untold(f"the frame has another shape: {sizes}")
    with _IMPORTING:
        try:
            from .edit_colour import drift
            from .edit_frame import register
            from .edit_photo import photo_of
        except ModuleNotFoundError:
            return untold(MISSING)
    seen = photo_of(request.images[0], photo_HW3)
    motion = register(seen.points, drawn_HW3)
    if isinstance(motion, str):
        return untold(motion)
    laid_HW3, covered_HW = motion.undone(drawn_HW3)
    found = drift(seen.lab_HW3, laid_HW3, covered_HW, given_HW)
    return Examined(photo_HW3, laid_HW3, covered_HW, given_HW, motion, found)


def same_shape(photo: tuple[int, int], drawn: tuple[int, int]) -> bool:
    """Whether one size is the other scaled: sizes are whole pixels, so to within two of them."""
    return abs(photo[0] * drawn[1] / photo[1] - drawn[0]) <= 2


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def _composited(found: Examined, drawn: Image.Image) -> tuple[Image.Image, Measurement | str]:
    """The photograph with the edit in it; the picture as drawn, with the reason, where it cannot be made."""
    if isinstance(found.motion, str) or (isinstance(found.drift, str) and found.given_HW is None):
        return drawn, str(found.drift)
    from .put_back import put_back

    has_drift = not isinstance(found.drift, str)
    edit_HW = found.drift.edit_HW if found.given_HW is None else found.given_HW
    back_43 = found.drift.back_43 if has_drift and found.drift.noticeable else None
    finished_HW3, share = put_back(found.photo_HW3, found.laid_HW3, found.covered_HW, edit_HW, back_43)
    return Image.fromarray(finished_HW3), _measured(share, "of the picture", 0.0, "higher")


# ---- as measurements -------------------------------------------------------------------------------------------------


def _frame_checks(motion: "Motion | str") -> Checks:
    if isinstance(motion, str):
        return dict.fromkeys(("frame_shift", "frame_scale"), motion)
    right, down = motion.shift_px
    return {
        "frame_shift": _measured(np.hypot(right, down), "px", motion.shift_bar_px),
        "frame_shift_x": _signed(right, "px to the right", motion.shift_bar_px),
        "frame_shift_y": _signed(down, "px down", motion.shift_bar_px),
        "frame_scale": _signed(motion.scale, "of the photograph's size", motion.scale_bar, still=1.0),
        "frame_turn": _signed(motion.turn_deg, "degrees clockwise", motion.turn_bar_deg),
    }


def _colour_checks(found: Examined) -> Checks:
    drift, given = found.drift, found.given_HW is not None
    if isinstance(drift, str):
        share = _share(float(found.given_HW.mean()), given) if given else drift
        return {"colour_drift": drift, "edited_share": share}
    from .edit_colour import NOTICEABLE

    return {
        "colour_drift": _measured(drift.difference, "CIEDE2000", NOTICEABLE),
        **{
            f"colour_drift_{axis}": _signed(by, f"{axis}*", NOTICEABLE)
            for axis, by in zip("Lab", drift.offset_3, strict=True)
        },
        "edited_share": _share(drift.edited_share, given),
    }


def _share(value: float, given: bool) -> Measurement:
    return _measured(value, f"of the picture, {'given by the mask' if given else 'found'}", 1.0)


def _signed(value: float, unit: str, bar: float, still: float = 0.0) -> Measurement:
    """A number that should be `still`, to within `bar` on its own side."""
    return _measured(value, unit, still + bar) if value >= still else _measured(value, unit, still - bar, "higher")


def _measured(value: float, unit: str, bar: float, better: Literal["lower", "higher"] = "lower") -> Measurement:
    """Rounded to what can be meant, so that no record differs by the last bit of a sum."""
    return Measurement(value=round(float(value), DECIMALS), unit=unit, bar=round(float(bar), DECIMALS), better=better)
