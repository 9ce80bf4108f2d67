"""`judged-pairs`: a comparer made of any judge. It judges both pictures and prefers as the rules rank attempts."""

from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from ....errors import BadInput, Refused
from ....images import digest
from ....records import Judgement, Sample, canonical
from ....roles import Answer, Comparison, answers, card_of
from ....rubrics.rules import Rubric, rank
from ....rubrics.shipped import RUBRICS
from ....steps import Spent
from ....text import got
from ...device.shelf import Shelf
from .one_answer import first_of

JUDGED = 64  # judgements that are kept: a picture meets several others, and each of them in both orders
RANKED = (  # what rules.rank compares, in its order
    "judged",
    "accepted",
    "without a score of 0",
    "critical constraints met",
    "lowest score",
    "constraints failed",
    "mean score",
)


class JudgedPairs:
    """Prefers the picture whose judgement ranks higher (rubrics.rules.rank); equal ranks are a tie.

    A picture that could not be judged ranks below one that was; where neither was, the comparison is refused.

    judge    asked once per picture as long as its judgement is kept, unless its repeats may differ
    varies   whether a repeat can differ
    needs    the pictures that the judge cannot do without
    """

    def __init__(self, judge: Any, rubric: Rubric):
        self.judge, self.rubric = judge, rubric
        self.varies, self.needs = bool(getattr(judge, "varies", False)), tuple(getattr(judge, "needs", ()))
        self.judged = Shelf(JUDGED)
        of_judge = card_of(judge)
        self.card = of_judge.model_copy(
            update={
                "name": "judged-pairs",
                "settings": {"judge": of_judge.model_dump(mode="json"), "rubric": rubric.as_json()},
            }
        )

    def __call__(self, sample: Sample, first: Image.Image, second: Image.Image) -> Comparison:
        """raises Refused ('not_judged') where neither picture could be judged; what the judge raises"""
        return first_of(self.metered, sample, first, second)

    def metered(self, calls: Sequence[tuple[Sample, Image.Image, Image.Image]]) -> list[Answer]:
        """One comparison per call; the pictures of all are judged together, each paid for by the call that needs it
        first."""
        pairs = [[(sample, image) for image in pair] for sample, *pair in calls]
        keys = [[self._key(number, *each) for each in pair] for number, pair in enumerate(pairs)]
        known = {key: self.judged.get(key, dict) for pair in keys for key in pair if key in self.judged}
        asked: dict[Any, tuple[int, tuple]] = {}
        for number, (pair, pair_keys) in enumerate(zip(pairs, keys, strict=True)):
            for each, key in zip(pair, pair_keys, strict=True):
                if key not in known:
                    asked.setdefault(key, (number, each))
        judged = answers(self.judge, [each for _, each in asked.values()]) if asked else []
        spent = [Spent() for _ in calls]
        for (key, (number, (sample, _))), answer in zip(asked.items(), judged, strict=True):
            spent[number] += answer.spent
            known[key] = self._kept(key, sample, answer.value)
        return [
            Answer(self._compared(known[first], known[second]), paid.model_copy(update={"calls": 1}))
            for (first, second), paid in zip(keys, spent, strict=True)
        ]

    def check_ready(self) -> None:
        """raises   what the judge raises that cannot be asked"""
        if hasattr(self.judge, "check_ready"):
            self.judge.check_ready()

    def _key(self, number: int, sample: Sample, image: Image.Image) -> tuple:
        """Of a judgement; of a judge whose repeats may differ, each call has its own."""
        return (canonical(sample.record()), digest(image), number if self.varies else "")

    def _kept(self, key: tuple, sample: Sample, judgement: Any) -> Any:
        """What stands in place of a judgement is returned as it is, and asked again another time."""
        if isinstance(judgement, Exception):
            return judgement
        judgement = self.rubric.applied(judgement, sample.images)
        if not self.varies:
            self.judged.put(key, judgement)
        return judgement

    def _compared(self, first: Any, second: Any) -> Comparison | Exception:
        for judgement in (first, second):
            if isinstance(judgement, Exception):
                return judgement
        ranks = [rank(judgement, self.rubric) for judgement in (first, second)]
        if first.unscored and second.unscored:
            return Refused("not_judged", f"neither picture could be judged: {_why(first)}")
        if ranks[0] == ranks[1]:
            return Comparison(preferred="tie", reason="both rank equal")
        what, *values = next(each for each in zip(RANKED, *ranks, strict=False) if each[1] != each[2])
        preferred = "first" if ranks[0] > ranks[1] else "second"
        return Comparison(preferred=preferred, reason=f"{what}: {_shown(values[0])} against {_shown(values[1])}")


def build(
    *, rubric: Rubric = RUBRICS["default"], judge: str = "measure", judge_options: Mapping[str, Any] | None = None
) -> JudgedPairs:
    """A comparer made of a judge.

    judge          its name
    judge_options  its own options, as `models.load` takes them; not the rubric
    raises         as models.load; BadInput for options that are no mapping
    """
    from ... import load

    options = {} if judge_options is None else judge_options
    if not isinstance(options, Mapping) or "rubric" in options:
        raise BadInput(f"judge_options of judged-pairs is a mapping of option to value without rubric, {got(options)}")
    return JudgedPairs(load(judge, role="judge", rubric=rubric, **options), rubric)


def _why(judgement: Judgement) -> str:
    return judgement.scores[judgement.unscored[0]].reason


def _shown(value: float | bool) -> str:
    """Of a rank; the number of failed constraints is negative there."""
    return ("no", "yes")[value] if isinstance(value, bool) else f"{abs(value):.3g}"
