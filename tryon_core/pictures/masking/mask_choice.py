"""Which of a segmenter's masks is the garment's, by plain rules that say why."""

# Shapes: H, W image rows and columns.
from collections.abc import Sequence

import numpy as np

from ...records import Record
from ...roles import Mask, SegmentPrompt
from ..outcomes import Outcome, blocking
from .mask_checks import MaskLimits, judged_by, measured

INSIDE = 128  # of 255
WEIGHTS = {"score": 0.4, "area": 0.3, "border": 0.1, "parts": 0.1, "solid": 0.1}
NOTHING_ASKED, LIMITS = SegmentPrompt(), MaskLimits()
ENOUGH_AREA = 0.5  # of the picture: more is no better, less is more likely a part of the garment


class Candidate(Record):
    """One mask as a garment's.

    terms     0-1 by name of WEIGHTS: the model's own score, the root of the area by ENOUGH_AREA, the share of the
              picture's edge that is left alone, the share in one piece, solidity
    total     their weighted mean, 0-1; None for a mask that cannot be a garment's
    problems  why it cannot
    """

    label: str
    terms: dict[str, float] = {}
    total: float | None = None
    problems: tuple[Outcome, ...] = ()


class Choice(Record):
    """Which mask was chosen: its index, None where none can be a garment's; why, in a sentence; and all candidates."""

    index: int | None
    why: str
    candidates: tuple[Candidate, ...]

    @property
    def totals(self) -> tuple[float | None, ...]:
        return tuple(candidate.total for candidate in self.candidates)


def pixels(mask: Mask) -> np.ndarray:
    """bool (H, W): where a segmenter's mask is more in than out."""
    return np.asarray(mask.image.convert("L")) >= INSIDE


def choose(masks: Sequence[Mask], *, prompt: SegmentPrompt = NOTHING_ASKED, limits: MaskLimits = LIMITS) -> Choice:
    """The mask that is most likely the whole garment; the first of equals.

    The model's own scores count where every usable mask has one. Nothing is asked of the outline's height and width.

    prompt  what was asked of the segmenter: a mask that its points contradict is no answer
    """
    scored = all(mask.score is not None for mask in masks)
    candidates = tuple(_candidate(mask, scored, prompt, limits) for mask in masks)
    totals = {index: one.total for index, one in enumerate(candidates) if one.total is not None}
    if not totals:
        return Choice(index=None, why=_why_none(candidates), candidates=candidates)
    index = max(totals, key=lambda index: totals[index])
    return Choice(index=index, why=_why(index, candidates), candidates=candidates)


def _candidate(mask: Mask, scored: bool, prompt: SegmentPrompt, limits: MaskLimits) -> Candidate:
    mask_HW = pixels(mask)
    found = measured(mask_HW)
    problems = blocking(judged_by(found, limits)) or _against_points(mask_HW, prompt)
    if problems:
        return Candidate(label=mask.label, problems=problems)
    terms = {
        "area": min(1.0, (found["area_share"].value / ENOUGH_AREA) ** 0.5),
        "border": 1 - found["border_share"].value,
        "parts": found["main_part"].value,
        "solid": found["solidity"].value,
    }
    if scored and mask.score is not None:
        terms["score"] = mask.score
    total = sum(WEIGHTS[name] * term for name, term in terms.items()) / sum(WEIGHTS[name] for name in terms)
    return Candidate(label=mask.label, terms=terms, total=total)


def _against_points(mask_HW: np.ndarray, prompt: SegmentPrompt) -> tuple[Outcome, ...]:
    height, width = mask_HW.shape
    wrong = [
        (x, y, label)
        for x, y, label in prompt.points
        if mask_HW[min(int(y * height), height - 1), min(int(x * width), width - 1)] != bool(label)
    ]
    if not wrong:
        return ()
    return (Outcome(name="against_points", sentence=f"{len(wrong)} of {len(prompt.points)} points say otherwise"),)


def _why(index: int, candidates: Sequence[Candidate]) -> str:
    chosen = candidates[index]
    terms = ", ".join(f"{name} {term:.2f}" for name, term in sorted(chosen.terms.items()))
    others = len(candidates) - 1
    if not others:
        return f"the segmenter's only mask, which can be a garment's: total {chosen.total:.2f} ({terms})"
    unusable = sum(bool(one.problems) for one in candidates)
    return f"mask {index + 1} of {len(candidates)} has the highest total, {chosen.total:.2f} ({terms})" + (
        f"; {unusable} of the other {others} cannot be a garment's" if unusable else ""
    )


def _why_none(candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return "the segmenter gave no mask"
    reasons = dict.fromkeys(one.sentence for candidate in candidates for one in candidate.problems)
    return f"none of {len(candidates)} masks can be a garment's: {'; '.join(reasons)}"
