"""What candidates are ranked by, as data: a potential is a weighted sum of metrics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from ...errors import BadInput, Refused, UnknownName
from ...records import Measurement
from ...steps import Step


@dataclass(frozen=True)
class Term:
    """weight x value / scale of one metric; a negative weight where lower is better."""

    metric: str
    weight: float
    scale: float = 1.0


# PF + 10 CONS - 3 LPIPS is the reference's (EACPS); PF is 100 x the CLIP cosine of prompt and picture.
_EDIT = (Term("prompt_following", 1.0), Term("clip_consistency", 10.0), Term("lpips", -3.0))

POTENTIALS: dict[str, tuple[Term, ...]] = {
    "edit": _EDIT,
    "try_on": (*_EDIT, Term("garment_similarity", 10.0), Term("face_distance", -10.0)),
    # Set on 6 persons of the tuning half, 23 samples (tests/benchmarks/scorer_bench.py); a scale is about one standard
    # deviation between the noises of a sample. Among those the cut decides; colour, texture and what was kept are for
    # the worse pictures of other generators.
    "measured": (
        Term("garment_outline", 1.0, 0.02),
        Term("garment_middle", -1.5, 0.015),
        Term("garment_sleeves", -0.5, 0.015),
        Term("garment_colour", -0.25, 1.0),
        Term("garment_texture", -0.25, 0.005),
        Term("kept_ssim", 1.0, 0.01),
    ),
}

# argument of the flow -> the metrics for which its model is loaded
SCORED_BY: dict[str, tuple[str, ...]] = {
    "scorer": (
        *("kept_ssim", "kept_psnr", "garment_colour", "garment_texture"),
        *("garment_outline", "garment_sleeves", "garment_middle"),
    ),
    "clip": ("prompt_following", "clip_consistency", "garment_similarity"),
    "lpips": ("lpips",),
    "face": ("face_distance",),
}


def terms_of(potential: str, weights: Mapping[str, float]) -> tuple[Term, ...]:
    """The terms of a potential by name, its weights changed.

    weights  metric -> weight in place of the potential's own, or of a further term; 0 leaves it out
    raises   UnknownName; BadInput where nothing is left
    """
    if potential not in POTENTIALS:
        raise UnknownName("potential", potential, POTENTIALS)
    scales = {term.metric: term.scale for term in POTENTIALS[potential]}
    merged = {term.metric: term.weight for term in POTENTIALS[potential]} | dict(weights)
    terms = tuple(Term(name, weight, scales.get(name, 1.0)) for name, weight in merged.items() if weight)
    if not terms:
        raise BadInput(f"every weight of potential {potential} is 0; leave one above or below it")
    return terms


def check_signs(weights: Mapping[str, float], better: Mapping[str, str]) -> None:
    """raises BadInput for a weight that would prefer what is worse; `better` says per metric 'lower' or 'higher'"""
    for name, weight in weights.items():
        wanted = -abs(weight) if better.get(name) == "lower" else abs(weight)
        if name in better and weight != wanted:
            raise BadInput(
                f"weight {weight:g} of {name} would keep the worse pictures: of {name} the {better[name]} is the "
                f"better, so give {wanted:g}"
            )


def of_metric(name: str, better: str) -> tuple[Term, ...]:
    """The potential of one metric alone, which is high where it is good."""
    return (Term(name, 1.0 if better == "higher" else -1.0),)


class Ranking:
    """Ranks candidates of one sample.

    terms    those of the potential, none where the judge selects; what no candidate of the first stage could be given
             is left out for all of them
    left_out metric -> the reason why
    """

    def __init__(self, terms: Sequence[Term]):
        self.terms, self.left_out, self._settled = tuple(terms), dict[str, str](), False

    def settle(self, scored: Iterable[Mapping[str, Measurement | str]]) -> None:
        """Look once at the first candidates: which terms can be had of this sample at all.

        raises   Refused where none can
        """
        if self._settled or not self.terms:
            return
        self._settled, scored = True, list(scored)
        for term in self.terms:
            reasons = [scores.get(term.metric, "no scorer gave it") for scores in scored]
            if all(isinstance(reason, str) for reason in reasons):
                self.left_out[term.metric] = reasons[0]
        self.terms = tuple(term for term in self.terms if term.metric not in self.left_out)
        if not self.terms:
            names: dict[str, list[str]] = {}
            for name, reason in self.left_out.items():
                names.setdefault(reason, []).append(name)
            why = "; ".join(f"{', '.join(alike)}: {reason}" for reason, alike in names.items())
            raise Refused(
                "nothing_to_select_by",
                f"no metric of the potential can be had of this sample ({why}); take another potential or metric",
            )

    def value(self, scores: Mapping[str, Measurement | str]) -> float | str:
        """The potential; the reason where a term of it is missing, or where there is none."""
        if not self.terms:
            return "the judge selects"
        missing = [name for name in self._names() if not isinstance(scores.get(name), Measurement)]
        if missing:
            return f"{missing[0]}: {scores.get(missing[0], 'no scorer gave it')}"
        return sum(term.weight * scores[term.metric].value / term.scale for term in self.terms)

    def data(self, scores: Mapping[str, Measurement | str]) -> dict[str, JsonValue]:
        """What else a candidate's record holds: nothing."""
        return {}

    def note(self) -> str:
        """What must be said of every candidate's rank: nothing."""
        return ""

    def _names(self) -> tuple[str, ...]:
        return tuple(term.metric for term in self.terms)


def potential_of(step: Step) -> float | None:
    """What a candidate is ranked by; None where it has none."""
    value = step.data.get("potential")
    return value if isinstance(value, int | float) else None
