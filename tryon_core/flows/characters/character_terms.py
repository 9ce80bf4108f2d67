"""What selects a picture of a character: identity, quality and consistency, each read off the metrics that there are.

A term is the mean of its metrics, each mapped to 0-10; the potential is the weighted mean of the terms, 0-10 as well:
(a x consistency + b x quality + c x identity) / (a + b + c), with 1, 1, 2 (the reference's first weights; SYSTEM 4).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from ...errors import BadInput
from ...records import Measurement
from ...roles import Scorer, card_of

TERMS = ("consistency", "quality", "identity")


@dataclass(frozen=True)
class Reading:
    """A metric as part of a term: linear from `worst`, which is 0 of 10, to `best`, which is 10; no further."""

    term: str
    worst: float
    best: float

    def value(self, measured: float) -> float:
        share = (measured - self.worst) / (self.best - self.worst)
        return 10 * min(max(share, 0.0), 1.0)


_OF_10 = (0.0, 10.0)
READINGS: dict[str, Reading] = {
    "face_identity": Reading("identity", worst=1.0, best=0.0),  # 4 of 10 at 0.6, dlib's own limit between two persons
    "arcface_identity": Reading("identity", worst=0.0, best=1.0),  # cosine
    **{f"{term}_{source}": Reading(term, *_OF_10) for term in TERMS for source in ("vl", "moondream")},
    "blend_quality": Reading("quality", *_OF_10),
    "blend_consistency": Reading("consistency", *_OF_10),
}

_UNCOUNTED = "it counts for none, since no candidate of the first stage has it"


def check_counts(argument: str, scorer: Scorer) -> None:
    """raises BadInput for a scorer of which no declared metric is part of a term: it would be paid for nothing"""
    names = [metric.name for metric in getattr(scorer, "metrics", ())]
    if names and not READINGS.keys() & names:
        raise BadInput(
            f"{argument} {card_of(scorer).name} scores {', '.join(names)} and nothing of a character, so it would "
            "count for nothing; a vision-language model does with the option aspect 'character'; else leave it out"
        )


class CharacterRanking:
    """Ranks the candidates of one sample by the same metrics for all of them, as `searching.potentials.Ranking` does.

    weights   term -> weight
    left_out  metric -> the reason why no candidate of the first stage has it; then it counts for none
    """

    def __init__(self, weights: Mapping[str, float]):
        self.weights = {term: weight for term, weight in weights.items() if weight}
        self.metrics: tuple[str, ...] = ()
        self.left_out, self._settled = dict[str, str](), False

    def settle(self, scored: Iterable[Mapping[str, Measurement | str]]) -> None:
        """Look once at the first candidates: which metrics can be had of this sample at all."""
        if self._settled:
            return
        self._settled, scored = True, list(scored)
        for metric, reading in READINGS.items():
            given = [scores[metric] for scores in scored if metric in scores]
            if not given or reading.term not in self.weights:
                continue
            if all(isinstance(reason, str) for reason in given):
                self.left_out[metric] = given[0]
            else:
                self.metrics += (metric,)

    def value(self, scores: Mapping[str, Measurement | str]) -> float | str:
        """The potential, 0-10; the reason where this candidate lacks a metric that others have, or all lack all."""
        for metric in self.metrics:
            if not isinstance(scores.get(metric), Measurement):
                return f"{metric}: {scores.get(metric, 'no scorer gave it')}"
        terms = {term: value for term, value in self._terms(scores).items() if not isinstance(value, str)}
        if not terms:
            return "; ".join(dict.fromkeys(self.left_out.values())) or "no scorer says anything of a character"
        return sum(self.weights[term] * value for term, value in terms.items()) / sum(map(self.weights.get, terms))

    def data(self, scores: Mapping[str, Measurement | str]) -> dict[str, JsonValue]:
        """For a step's record: each term, 0-10, or why it is unscored; and the weights that then count, as shares."""
        terms = self._terms(scores)
        counted = [term for term, value in terms.items() if not isinstance(value, str)]
        total = sum(self.weights[term] for term in counted)
        shares = {term: round(self.weights[term] / total, 4) for term in counted}
        return {"terms": terms, "shares": shares} if self.weights else {}

    def note(self) -> str:
        """Which terms are unscored and who then decides, in a sentence; '' where all are scored."""
        given = {READINGS[metric].term for metric in self.metrics}
        missing = [term for term in self.weights if term not in given]
        if not missing or not given:
            return ""
        return f"{' and '.join(missing)} unscored: the other weights count alone"

    def _terms(self, scores: Mapping[str, Measurement | str]) -> dict[str, float | str]:
        return {term: self._term(term, scores) for term in self.weights}

    def _term(self, term: str, scores: Mapping[str, Measurement | str]) -> float | str:
        metrics = [metric for metric in self.metrics if READINGS[metric].term == term]
        lacking = [metric for metric in metrics if not isinstance(scores.get(metric), Measurement)]
        if metrics and not lacking:
            return sum(READINGS[metric].value(scores[metric].value) for metric in metrics) / len(metrics)
        reasons = {metric: scores.get(metric) for metric in lacking} or {
            metric: _UNCOUNTED if isinstance(scores.get(metric), Measurement) else reason
            for metric, reason in self.left_out.items()
            if READINGS[metric].term == term
        }
        return "; ".join(f"{metric}: {reason}" for metric, reason in reasons.items()) or "no scorer is given"
