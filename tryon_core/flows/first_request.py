"""The first request of a flow that takes a wish with any pictures: a person and a garment, one to edit, or none."""

import re
from collections.abc import Sequence
from typing import Any

from PIL import Image

from ..errors import Refused
from ..records import EditRequest, Noise, Sample, Settings
from ..roles import Generator, card_of
from ..text import one_line, shortened

# Consent is free text, so what denies it is looked for: in its first clause a word that says no, or that it is not
# known; anywhere a word that takes it back ('may be withdrawn' does not). 'No real person is shown' is no denial.
_NOBODY = re.compile(
    r"no (real |living |identifiable )*(person|people|human|one|face)s?\b(?!.*\b(consent|agree|ask|g[ai]ve))"
)
_DENIED = re.compile(
    r"\b(no|nope|not|none|nobody|never|false|null|nil|nan|na|unknown|unclear|unspecified|undefined|missing|absent"
    r"|pending|tbd|todo|requested|without (any )?(consent|permission))\b|n't\b|\bn ?/ ?a\b|^[n0f]$"
)
_TAKEN_BACK = re.compile(
    r"(?<!be )\b(refus(ed|es|al)|denie[ds]|declined|withdrawn|withdrew|revoked|expired|lapsed|no longer)\b"
)


WHITE = 128  # of 255: from here on a mask is white
REFERENCES = ("garment", "character")  # what the picture is to show, behind the photograph


def source_of(sample: Sample) -> Image.Image | None:
    """The photograph to keep; None for a wish in words alone."""
    return sample.images.get("person", sample.images.get("init"))


def check_mask(sample: Sample) -> None:
    """raises Refused where the sample's own mask cannot be that of its photograph, or lets nothing change"""
    mask, source = sample.images.get("mask"), source_of(sample)
    if mask is None:
        return
    if source is None:
        raise Refused("mask_of_nothing", "the sample has a mask and no picture that it is of: name one, as 'init'")
    if mask.size != source.size:
        of, own = (f"{width} x {height}" for width, height in (source.size, mask.size))
        raise Refused("mask_of_another_size", f"a mask has its picture's size, {of}; got {own}")
    if mask.convert("L").getextrema()[1] < WHITE:
        raise Refused(
            "empty_mask",
            f"the mask is black all over (below {WHITE}), so nothing may change; paint white what to draw anew",
        )


def hard_mask(sample: Sample) -> Image.Image:
    """Mode L, 255 where the sample's own mask is white, 0 elsewhere: its greys are what its file made of an edge."""
    return sample.images["mask"].convert("L").point(lambda value: 255 * (value >= WHITE))


def check_consent(sample: Sample, what: str = "face swap") -> None:
    """raises Refused where the person shown did not agree to `what`, or the sample's source does not say so"""
    if consents(sample.consent):
        return
    words = one_line(sample.consent)
    got = f"the source says {shortened(words)!r}" if words else "the source says nothing of it"
    raise Refused(
        "no_consent",
        f"{what} needs the consent of the person shown, and {got}; where it was given, write how and when as the "
        "sample's consent, such as 'written, 2026-05-04'",
    )


def consents(text: str) -> bool:
    """Whether a source's words on consent give it: False for none, for any 'no', and where it is not known."""
    said = " ".join(text.casefold().replace("_", " ").split())
    first = re.split(r"[,;.(]", said, maxsplit=1)[0].strip()
    if _NOBODY.match(first):
        return True
    return bool(re.search(r"\w", first)) and not _DENIED.search(first) and not _TAKEN_BACK.search(said)


def check_seen(sample: Sample, model: Any, else_take: str) -> None:
    """raises Refused where a model that looks at pictures needs one that the sample lacks; `else_take` would do"""
    needs = getattr(model, "needs", ())
    if any(role not in sample.images for role in needs):
        has = ", ".join(sample.images) or "none"
        raise Refused(
            "picture_missing",
            f"{card_of(model).name} needs the pictures {', '.join(needs)} and the sample has {has}; {else_take}",
        )


def looked_at(model: Generator, images: Sequence[Image.Image], *, masked: bool) -> tuple[Image.Image, ...]:
    """The first of a request's pictures: as many as the model looks at, with a mask or without one."""
    return tuple(images[: getattr(model, "masked_images" if masked else "unmasked_images", None)])


def garment_unseen(model: Generator, garment: Image.Image | None, images: Sequence[Image.Image]) -> str:
    """What a step says of a model that is not shown the sample's garment among these; '' where it is, or has none."""
    if garment is None or any(image is garment for image in images):
        return ""
    return f"{card_of(model).name} takes {len(images)} picture: of the garment it has the words alone"


def opening_request(
    sample: Sample,
    model: Generator,
    mask: Image.Image | None,
    *,
    negative_prompt: str = "",
    size: tuple[int, int] | None = None,
    seed: int = 0,
) -> EditRequest:
    """The wish as it stands, over the pictures that there are.

    size     of a picture drawn from words alone
    raises   Refused where the model needs more pictures
    """
    shown = (source_of(sample), *(sample.images.get(role) for role in REFERENCES))
    given = [image for image in shown if image is not None]
    images = looked_at(model, given, masked=mask is not None)
    if len(images) < getattr(model, "min_images", 1):
        raise Refused(
            "too_few_pictures",
            f"{model.card.name} needs {getattr(model, 'min_images', 1)} pictures and the sample has {len(images)}; "
            "take a generator that draws from words alone, such as flux1",
        )
    takes_negative = "negative_prompt" in getattr(model, "takes", ())
    return EditRequest(
        prompt=sample.wish,
        images=images,
        mask=mask,
        settings=Settings(negative_prompt=negative_prompt if takes_negative else "", size=None if images else size),
        noise=Noise(seed=seed),
        hints=sample.hints,
    )
