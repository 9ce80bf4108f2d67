"""What each role may answer, checked where the function is a user's own: a wrong answer is one clear sentence."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PIL import Image

from ..errors import ModelFailed
from ..records import EditRequest, Judgement, Measurement
from ..roles import Comparison, Mask
from ..text import got


def check_answer(name: str, role: str, call: Sequence[Any], answer: Any) -> None:
    """Roles that are not in ANSWERS are not checked.

    name    of the function, for the message
    call    the arguments it was called with
    raises  ModelFailed where the answer is not one of the role
    """
    problem = ANSWERS[role](call, answer) if role in ANSWERS else ""
    if problem and callable(answer) and not isinstance(answer, Image.Image):
        problem += "; name the function that answers, not one that builds it"
    if problem:
        raise ModelFailed(f"{name} as {role} {problem}")


def _picture(call: Sequence[Any], answer: Any) -> str:
    if not isinstance(answer, Image.Image):
        return f"must return a PIL picture, {got_kind(answer)}"
    if answer.mode != "RGB":
        return f"must return an RGB picture, got mode {answer.mode}: call .convert('RGB') on it"
    return ""


def _picture_of_its_size(call: Sequence[Any], answer: Any) -> str:
    problem, size = _picture(call, answer), call[0].size
    return problem or ("" if answer.size == size else f"must return a picture of {_by(size)}, got {_by(answer.size)}")


def _enlarged(call: Sequence[EditRequest], answer: Any) -> str:
    if problem := _picture(call, answer):
        return problem
    (wide, high), (new_wide, new_high) = call[0].images[0].size, answer.size
    times = new_wide // wide
    if times >= 1 and (new_wide, new_high) == (times * wide, times * high):
        return ""
    return f"must return a picture of {_by((wide, high))} or a whole multiple, got {_by(answer.size)}"


def _masks(call: Sequence[Any], answer: Any) -> str:
    if not isinstance(answer, Sequence) or not all(isinstance(mask, Mask) for mask in answer):
        return f"must return a list of roles.Mask, {got_kind(answer)}"
    for mask in answer:
        image = mask.image
        if not isinstance(image, Image.Image) or image.mode != "L" or image.size != call[0].size:
            shown = f"mode {image.mode}, {_by(image.size)}" if isinstance(image, Image.Image) else got_kind(image)
            return f"must return masks of mode L, {_by(call[0].size)}; one is of {shown}"
    return ""


def _numbers(call: Sequence[Any], answer: Any) -> str:
    if not isinstance(answer, Mapping):
        return f"must return a dict of records.Measurement or a reason by name, {got_kind(answer)}"
    for key, value in answer.items():
        if not isinstance(value, Measurement | str):
            return f"must return a records.Measurement or a reason for {key!r}, {got(value)}"
    return ""


def _of(kind: type, called: str) -> Callable[[Sequence[Any], Any], str]:
    return lambda call, answer: "" if isinstance(answer, kind) else f"must return {called}, {got_kind(answer)}"


def got_kind(answer: Any) -> str:
    """What came instead, without its contents where it is large: 'got an ndarray of shape (80, 64)'."""
    shape = getattr(answer, "shape", None)
    if isinstance(shape, tuple):
        return f"got {type(answer).__name__} of shape {shape}"
    return got(answer)


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]} px"


# role -> (call, answer) -> what is wrong with the answer, '' where nothing is
ANSWERS: dict[str, Callable[[Sequence[Any], Any], str]] = {
    "generator": _picture,
    "judge": _of(Judgement, "a records.Judgement"),
    "scorer": _numbers,
    "comparer": _of(Comparison, "a roles.Comparison"),
    "segmenter": _masks,
    "control_mapper": _picture_of_its_size,
    "enhancer": _enlarged,
    "analyst": _of(Mapping, "a dict by field"),
    "writer": _of(str, "text"),
    "face_swapper": _picture_of_its_size,
}
