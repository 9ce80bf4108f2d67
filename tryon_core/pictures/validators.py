"""Whether pictures, masks, features and settings can be worked with: named outcomes, each with a sentence.

The functions named after a thing judge it and raise nothing; `check_` and the same name raises BadInput instead, with
the sentences of what blocks.
"""

# Shapes: H, W image rows and columns; 3 is RGB.
import dataclasses
import math
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PIL import Image
from pydantic import TypeAdapter, ValidationError

from ..errors import BadPicture, UnknownName
from ..images import MAX_PIXELS, MIN_SIDE_PX, bytes_of, decode, size_of
from ..text import first_problem
from .masking.mask_checks import LIMITS, MaskLimits, judged
from .masking.mask_choice import INSIDE
from .outcomes import Outcome, Outcomes, check, gathered
from .standard_size import READ_MODES, as_rgb

SLIM = 4.0  # longer side over shorter: models of square pictures see little of it
_LEAST_SPREAD = 0.25  # of 255, standard deviation of the brightness: below, it is one colour; white on white is 0.7
_SIDE_PX = 256  # enough to see whether anything is in a picture
_SHARES_OFF = 0.02  # rounding: of a palette's sum above 1, and of a vector's length from 1
_PARTS = ("palette", "pattern", "texture", "vector", "words")  # of features


# ---- pictures --------------------------------------------------------------------------------------------------------


def picture_file(path: str | os.PathLike[str]) -> Outcomes:
    """unreadable, too_large, too_small, blank, slim; `usable` says its size. Large files are not decoded whole."""
    try:
        data = bytes_of(path)
        size = size_of(data, str(path))
        small = decode(data, str(path), side_px=_SIDE_PX)
    except BadPicture as e:
        return (Outcome(name="unreadable", sentence=str(e)),)
    return gathered(_picture_problems(size, small), _of_size(size))


def picture(image: Image.Image) -> Outcomes:
    """wrong_mode, too_large, too_small, blank, slim; `usable` says its size."""
    if image.mode not in READ_MODES:
        sentence = f"a picture has one of the modes {', '.join(READ_MODES)}, this one has {image.mode}: convert it"
        return (Outcome(name="wrong_mode", sentence=sentence),)
    small = as_rgb(image.reduce(max(1, max(image.size) // _SIDE_PX)) if image.mode in ("L", "RGB") else image)
    return gathered(_picture_problems(image.size, small), _of_size(image.size))


def _of_size(size: tuple[int, int]) -> str:
    return f"the picture has {size[0]} x {size[1]} pixels"


def _picture_problems(size: tuple[int, int], small: Image.Image) -> Iterator[Outcome]:
    if min(size) < MIN_SIDE_PX:
        yield Outcome(name="too_small", sentence=f"{_of_size(size)}; both sides need at least {MIN_SIDE_PX}")
    if math.prod(size) > MAX_PIXELS:
        yield Outcome(
            name="too_large", sentence=f"{_of_size(size)}, more than {MAX_PIXELS // 1_000_000} million: scale it"
        )
    spread = float(np.asarray(small.convert("L")).std())
    if spread < _LEAST_SPREAD:
        yield Outcome(name="blank", sentence=f"nothing is in the picture: its brightness varies by {spread:.2f} of 255")
    if max(size) > SLIM * min(size):
        sentence = f"one side is {max(size) / min(size):.1f} times the other, more than {SLIM:g}: crop it"
        yield Outcome(name="slim", sentence=sentence, blocks=False)


# ---- masks -----------------------------------------------------------------------------------------------------------


def mask(given: Image.Image | np.ndarray, size: tuple[int, int], limits: MaskLimits = LIMITS) -> Outcomes:
    """not_a_mask, other_size, and those of mask_checks.judged; soft, a warning, where it has more than two values.

    given  a picture of mode L or 1, or an array (H, W), bool or of whole numbers: 0 and 1, or 0 to 255
    size   (width, height) of the picture
    """
    if isinstance(given, Image.Image) and given.mode not in ("L", "1"):
        return (Outcome(name="not_a_mask", sentence=f"a mask is a picture of mode L, got {given.mode}: convert it"),)
    values = np.asarray(given)
    if values.ndim != 2 or values.dtype.kind not in "bui":
        sentence = f"a mask has rows and columns of truth values or whole numbers, got {values.dtype} {values.shape}"
        return (Outcome(name="not_a_mask", sentence=sentence),)
    if values.shape != size[::-1]:
        sentence = f"a mask has its picture's size, {size[0]} x {size[1]}; got {values.shape[1]} x {values.shape[0]}"
        return (Outcome(name="other_size", sentence=sentence),)
    found = np.unique(values)
    if found[0] in (0, 1) and found[-1] in (0, 1):
        return judged(values > 0, limits)
    outcomes = judged(values >= INSIDE, limits)
    if len(found) <= 2 and found[0] in (0, 255) and found[-1] == 255:
        return outcomes
    sentence = f"the mask has {len(found)} values from {found[0]} to {found[-1]}; from {INSIDE} on it counts as inside"
    soft = Outcome(name="soft", sentence=sentence, blocks=False)
    return gathered([*(outcome for outcome in outcomes if outcome.name != "usable"), soft], "")


# ---- features --------------------------------------------------------------------------------------------------------


def features(measured: Mapping[str, Any]) -> Outcomes:
    """no_features, without_reason, shares_wrong, not_ordered, not_finite, not_unit; a warning each for what was not
    measured: unmeasured.

    measured  GarmentFeatures as JSON, `features.model_dump(mode="json")`
    """
    reasons = measured.get("unmeasured") or {}
    missing = [part for part in _PARTS if not measured.get(part)]
    if len(missing) == len(_PARTS):
        said = "; ".join(dict.fromkeys(reasons.values())) or "no reason is given"
        return (Outcome(name="no_features", sentence=f"nothing was measured: {said}"),)
    return gathered(_feature_problems(measured, missing, reasons), f"{len(_PARTS) - len(missing)} kinds were measured")


def _feature_problems(measured: Mapping[str, Any], missing: list[str], reasons: Mapping[str, str]) -> Iterator[Outcome]:
    for part in missing:
        if part in reasons:
            yield Outcome(name="unmeasured", sentence=f"{part} was not measured: {reasons[part]}", blocks=False)
        else:
            yield Outcome(name="without_reason", sentence=f"{part} is missing and no reason is given")
    shares = [swatch["share"] for swatch in measured.get("palette") or ()]
    if shares and (sum(shares) > 1 + _SHARES_OFF or min(shares) <= 0):
        sentence = f"the palette's shares are above 0 and add up to at most 1, got {shares}"
        yield Outcome(name="shares_wrong", sentence=sentence)
    if shares != sorted(shares, reverse=True):
        yield Outcome(name="not_ordered", sentence=f"the palette begins with the largest share, got {shares}")
    vector = np.asarray(measured.get("vector") or (), float)
    if not np.isfinite(vector).all():
        yield Outcome(name="not_finite", sentence="the vector holds numbers that are not finite")
    elif len(vector) and abs(np.linalg.norm(vector) - 1) > _SHARES_OFF:
        yield Outcome(name="not_unit", sentence=f"the vector's length is 1, got {np.linalg.norm(vector):.3f}")


# ---- settings --------------------------------------------------------------------------------------------------------


def settings(kind: type, values: Mapping[str, Any]) -> Outcomes:
    """unknown_name with the nearest, wrong_value: of values by name, for a dataclass or record of settings."""
    fields = getattr(kind, "model_fields", None)
    names = list(fields) if fields is not None else [one.name for one in dataclasses.fields(kind)]
    if unknown := [name for name in values if name not in names]:
        said = [str(UnknownName(f"setting of {kind.__name__}", name, names)) for name in unknown]
        return tuple(Outcome(name="unknown_name", sentence=sentence) for sentence in said)
    try:
        TypeAdapter(kind).validate_python(dict(values))
    except ValidationError as e:
        return (Outcome(name="wrong_value", sentence=f"{kind.__name__}: {first_problem(e)}"),)
    return (Outcome(name="usable", sentence=f"every setting fits {kind.__name__}", blocks=False),)


# ---- raising ---------------------------------------------------------------------------------------------------------


def check_picture(image: Image.Image) -> None:
    """raises BadInput for a picture that cannot be worked with"""
    check(picture(image), "picture")


def check_mask(given: Image.Image | np.ndarray, size: tuple[int, int], limits: MaskLimits = LIMITS) -> None:
    """raises BadInput for a mask that cannot be worked with"""
    check(mask(given, size, limits), "mask")


def check_features(measured: Mapping[str, Any]) -> None:
    """raises BadInput for features that contradict themselves or say nothing"""
    check(features(measured), "features")


def check_settings(kind: type, values: Mapping[str, Any]) -> None:
    """raises BadInput for a name that `kind` does not have, or a value that does not fit"""
    check(settings(kind, values), "settings")
