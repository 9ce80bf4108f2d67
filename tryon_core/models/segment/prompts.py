"""What a segmenter is asked, checked: words it knows, points and a box it can take."""

from collections.abc import Collection

from ...errors import BadInput, UnknownName
from ...roles import SegmentPrompt

# what a part is called -> other words for it
SYNONYMS: dict[str, tuple[str, ...]] = {
    "garment": ("cloth", "product"),
    "clothes": ("clothing", "outfit"),
    "upper": ("top", "shirt", "tee", "t-shirt", "blouse", "sweater", "jumper", "hoodie", "jacket", "coat", "cardigan"),
    "lower": ("bottom",),
    "trousers": ("pants", "jeans", "leggings", "shorts"),
    "skirt": (),
    "dress": ("gown",),
    "person": ("body", "human", "man", "woman"),
    "skin": (),
    "face": (),
    "hair": (),
    "arms": ("arm",),
    "legs": ("leg",),
    "hands": ("hand",),
    "shoes": ("shoe", "footwear"),
    "bag": ("handbag",),
    "hat": ("cap",),
    "belt": (),
    "scarf": (),
    "sunglasses": ("glasses",),
    "background": (),
}
_CALLED = {word: part for part, words in SYNONYMS.items() for word in (part, *words)}


def part_of(model: str, words: str, known: Collection[str]) -> str:
    """The part that words mean.

    known   parts that the model can find
    raises  UnknownName for any other, with the nearest
    """
    noun = " ".join(words.lower().split()).removeprefix("the ")
    part = _CALLED.get(noun, noun)
    if part not in known:
        raise UnknownName(f"part that {model} finds", noun, known)
    return part


def check_points(model: str, prompt: SegmentPrompt) -> None:
    """raises   BadInput for a point outside the picture, a label other than 0 and 1, or points that are all 0"""
    for x, y, label in prompt.points:
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise BadInput(f"{model} takes points in fractions of the picture, 0 to 1, got ({x:g}, {y:g})")
        if label not in (0, 1):
            raise BadInput(f"a point of {model} has label 1 (of the thing) or 0 (not of it), got {label}")
    if prompt.points and not prompt.box and not prompt.words and not any(label for _, _, label in prompt.points):
        raise BadInput(f"all points of {model} say what is not meant; add one with label 1, words or a box")
