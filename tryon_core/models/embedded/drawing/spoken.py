"""Words a person wrote, read as fixes: a small, strict grammar, for a generator that has parameters and no language.

A prompt is a wish and further sentences. Those that a fix of the request stands for are that fix's; of the others these
are read, in any case, with or without "please":

    Make the sleeves 10 % longer.     the left sleeve shorter by 5%     longer sleeves     lengthen the sleeves
    Move the garment down by 3 %.     Let the waistband sit higher.     The neckline should be deeper.
    darker by 8     slightly more colourful     much narrower at the hem     softer edges, stronger folds

that is: a thing (THINGS) and where it goes (a word behind or in front of it; a word alone means the garment), and at
most one amount or degree. Several of them, between "and", commas or semicolons, make a sentence where each is read.
The measuring judge's own sentences are read too (MEASURED). What is not wholly one of these moves nothing.

An amount is a percentage of the aspect's unit (aspects.ASPECTS): a share of torso, arm or shoulders, or L*, which goes
from 0 to 100; lightness also takes L*, chroma C*, an edge pixels. Without one a word goes a step (aspects.STEPS), with
"much" or "a lot" two, with "slightly", "somewhat", "a little" or "a bit" half of one.
"""

import re
from collections.abc import Iterator, Sequence

from ....records import Fix
from ..aspects import STEPS, unit_of

Way = tuple[str, int, str]  # aspect, +1 or -1, and the words for it as a regular expression
Move = tuple[str, float]  # aspect and amount

_AT = "(?: at the (?:hem|hips|waist))?"
_LONG = [("length", 1, "longer"), ("length", -1, "shorter")]
_WIDE = [("width", 1, f"(?:wider|broader|looser){_AT}"), ("width", -1, f"(?:narrower|tighter|slimmer){_AT}")]
_LIGHT = [("lightness", 1, "lighter|brighter"), ("lightness", -1, "darker")]
_CHROMA = [
    ("chroma", 1, "more (?:colou?rful|saturated|vivid)"),
    ("chroma", -1, "less (?:colou?rful|saturated|vivid)|duller"),
]
_DOWN = [("shift_down", 1, "(?:further )?(?:lower|down)"), ("shift_down", -1, "(?:further )?(?:higher|up)")]
_RIGHT = [
    ("shift_right", 1, "(?:further )?(?:to the )?right"),
    ("shift_right", -1, "(?:further )?(?:to the )?left"),
]
_DETAIL = [
    ("sharpness", 1, "sharper|crisper|stronger|bolder"),
    ("sharpness", -1, "softer|smoother|blurrier|weaker|calmer|less sharp"),
]
_OF_A_GARMENT = [*_LONG, *_WIDE, *_LIGHT, *_CHROMA]  # what a word alone can say
GARMENT = "garment|clothes|it|them"

# A thing, as a regular expression, and where it can go.
THINGS: dict[str, list[Way]] = {
    GARMENT: [*_OF_A_GARMENT, *_DOWN, *_RIGHT, ("sharpness", 1, "sharper"), ("sharpness", -1, "less sharp")],
    "(?:left |right )?sleeves?": [("sleeve", 1, "longer"), ("sleeve", -1, "shorter")],
    "(?:left|right|trouser) legs?": _LONG,
    "hem": [("length", 1, "lower|longer|down"), ("length", -1, "higher|shorter|up"), *_WIDE],
    "neckline": [("neckline", 1, "deeper|lower"), ("neckline", -1, "shallower|higher")],
    "waistband": _DOWN,
    "prints?|logo": [*_DOWN, *_RIGHT, *_DETAIL],
    "colou?rs?": [*_LIGHT, *_CHROMA, ("chroma", 1, "stronger"), ("chroma", -1, "weaker")],
    "pattern|fabric|texture|details?": _DETAIL,
    "edges?|outline": [("edge", 1, "softer|blurrier"), ("edge", -1, "sharper|crisper|harder")],
    "folds|shadows?|shading": [("shading", 1, "stronger|deeper|more"), ("shading", -1, "weaker|softer|fewer|less")],
}
# Names of garments, understood where the wish itself calls the garment so: other clothes are not the generator's.
KINDS = "top|tee|t-shirt|shirt|blouse|sweater|dress|skirt|trousers|pants|jeans".split("|")
VERBS = {
    **{"lengthen": "longer", "shorten": "shorter", "widen": "wider", "narrow": "narrower", "deepen": "deeper"},
    **{"lighten": "lighter", "brighten": "brighter", "darken": "darker", "sharpen": "sharper", "soften": "softer"},
    **{"raise": "higher", "lower": "lower", "strengthen": "stronger", "weaken": "weaker"},
}
# What the measuring judge asks for in other words than these (measures): the sentence, and which way it means.
MEASURED: dict[str, tuple[str, int]] = {
    "match the garment photograph's colours, more colourful": ("chroma", 1),
    "match the garment photograph's colours, less colourful": ("chroma", -1),
    "show the texture of the fabric": ("sharpness", 1),
    "show the fabric's detail sharply": ("sharpness", 1),
    "smooth the fabric": ("sharpness", -1),
    "bring out the pattern": ("sharpness", 1),
    "calm the pattern": ("sharpness", -1),
    "copy print, logo and text from the garment photograph exactly": ("sharpness", 1),
    "put print and blocks of colour lower": ("shift_down", 1),
    "put print and blocks of colour higher": ("shift_down", -1),
    "put print and blocks of colour further right": ("shift_right", 1),
    "put print and blocks of colour further left": ("shift_right", -1),
    "show the neck, not the inside of the collar": ("neckline", 1),
    "give the garment folds, light and shadow": ("shading", 1),
    "draw clean, even edges": ("edge", 1),
    "blend the garment's edge without a light rim": ("edge", 1),
    "draw the garment's edge sharply": ("edge", -1),
    "end the garment at its edge, without a haze around it": ("edge", -1),
    "remove the old garment completely; cover it with the new one": ("cover", 1),
    "remove the old garment completely, up to its waistband, hem and cuffs": ("cover", 1),
    "let the garment cover the trunk; invent no bare skin": ("length", 1),
    "let the garment reach down to what is worn below it": ("length", 1),
    "close every hole, slit and tear in the garment": ("cover", 1),
    "close the holes in the garment": ("cover", 1),
    "close the holes in the garment and remove spots": ("cover", 1),
}

_AMOUNT = re.compile(
    r"(?:\bby )?(?<![\w.,])(\d{1,4}(?:[.,]\d{1,4})?) ?(%|percent|per cent|l\*|c\*|px|pixels?)?(?![\w.,])"
)
_UNITS = {"lightness": ("", "%", "l*"), "chroma": ("", "c*"), "edge": ("", "px")}  # others: a percentage only
_DEGREES = {r"\b(?:much|a lot)\b": 2.0, r"\b(?:slightly|somewhat|a little|a bit)\b": 0.5}
_TAIL = re.compile(r",? as in (?:its|the|the garment) photograph$")
_OPENING = re.compile(r"^(?:please )?(?:(?:make|have|let|move|shift|put|draw) )?")
_BEFORE = "(?:(?:the|its|both|her|his|their|new|given|whole|garment's|body of the) )*"
_BETWEEN = "(?: (?:sit|end|hang|be|(?:should|must) (?:sit|end|hang|be)))? "
_STATED = re.compile(
    r"(?:wear|dress|the|a|an|this|that|she|he|they|it|her|his|their|one|everything|all|nothing|each)\b", re.I
)
_ASKED = re.compile(r"\b(?:should|must|shall|needs?)\b", re.I)


def spoken_fixes(prompt: str, fixes: Sequence[Fix]) -> tuple[Fix, ...]:
    """What the prompt asks for beyond `fixes`, as far as this grammar goes: one fix an aspect, the last one said.

    fixes    the request's own; their sentences are theirs, whatever their strength
    returns  fixes without a constraint, each with the sentence it was read from
    """
    read = [
        Fix(constraint="", text=sentence, aspect=aspect, amount=amount, unit=unit_of(aspect))
        for sentence, moves in _understood(prompt, fixes)
        for aspect, amount in moves
    ]
    return tuple({fix.aspect: fix for fix in read}.values())


def not_spoken(prompt: str, fixes: Sequence[Fix]) -> tuple[str, ...]:
    """Sentences of the prompt that ask for what no parameter gives: unread ones, and fixes in words alone.

    A statement ("The person wears a long red dress") is a wish, and is none of them.
    """
    unread = [sentence for sentence, moves in _understood(prompt, fixes) if not moves and _asks(sentence)]
    alone = [fix.sentence for fix in fixes if not fix.aspect and fix.sentence]
    return tuple(dict.fromkeys([*unread, *(each for each in alone if each in prompt)]))


def _understood(prompt: str, fixes: Sequence[Fix]) -> Iterator[tuple[str, list[Move]]]:
    """The sentences that no fix stands for, each with what it moves; the first is the wish."""
    carried = sorted({fix.sentence for fix in fixes if fix.sentence}, key=len, reverse=True)
    for each in carried:
        prompt = prompt.replace(each, "\n")
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", prompt) if part.strip()]
    for number, sentence in enumerate(sentences):
        yield sentence, _read(sentence, wish=sentences[0] if number else "")


def _asks(sentence: str) -> bool:
    return not _STATED.match(sentence) or bool(_ASKED.search(sentence))


def _read(sentence: str, wish: str) -> list[Move]:
    """Everything a sentence says; nothing where a part of it cannot be read."""
    said = " ".join(sentence.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split()).rstrip(".! ")
    said = _TAIL.sub("", said.removeprefix("please "))
    if said in MEASURED:
        aspect, sign = MEASURED[said]
        return [(aspect, sign * STEPS[aspect])]
    kinds = [kind for kind in KINDS if re.search(rf"\b{kind}\b", wish.lower())]
    parts = [_part(part, "|".join([GARMENT, *kinds])) for part in re.split(r",? and |[,;] ", said)]
    return [] if None in parts else parts


def _part(part: str, garment: str) -> Move | None:
    """One thing said: once its amount or degree is taken out, the rest has to be a thing and a word."""
    rest, amounts = _OPENING.sub("", part), _AMOUNT.findall(part)
    rest, times = _AMOUNT.sub("", rest), 1.0
    for degree, factor in _DEGREES.items():
        rest, found = re.subn(degree, "", rest)
        times *= factor**found
    first, *others = rest.split() or [""]
    if others and first in VERBS:
        first, others = others[0], [*others[1:], VERBS[first]]
    moved = _moved(" ".join([first, *others]), garment)
    if moved is None or len(amounts) > 1 or (amounts and times != 1.0):
        return None
    aspect, sign = moved
    size = _in_units(aspect, *amounts[0]) if amounts else times * STEPS[aspect]
    return None if size is None else (aspect, sign * size)


def _moved(said: str, garment: str) -> tuple[str, int] | None:
    """(aspect, sign) of a thing and a word, in either order, or of a word alone."""
    for thing, ways in THINGS.items():
        noun = f"{_BEFORE}(?:{garment if thing == GARMENT else thing})(?: of the garment)?"
        for aspect, sign, words in ways:
            alone = f"|{words}" if thing == GARMENT and (aspect, sign, words) in _OF_A_GARMENT else ""
            if re.fullmatch(f"{noun}{_BETWEEN}(?:{words})|(?:{words}) {noun}{alone}", said):
                return aspect, sign
    return None


def _in_units(aspect: str, number: str, unit: str) -> float | None:
    """A number as it was said, in the aspect's unit; None where it was said in another."""
    unit = {"percent": "%", "per cent": "%", "pixel": "px", "pixels": "px"}.get(unit, unit)
    if unit not in _UNITS.get(aspect, ("%",)):
        return None
    value = float(number.replace(",", "."))
    return value if aspect in _UNITS else value / 100
