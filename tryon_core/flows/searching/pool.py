"""The candidates of one sample: drawn together, scored, ranked, within the budget. What every strategy works with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

from ...errors import BadInput
from ...pictures.crop_and_stitch import Crop
from ...records import Decision, EditRequest, Measurement, Noise, Sample
from ...roles import Generator, Judge, Scorer
from ...rubrics.rules import Rubric, decide
from ...steps import Change, Step
from ..closed_loop import judged
from ..on_crops import crop_for
from .noises import Noises
from .potentials import Ranking, potential_of
from .purse import Purse

PADDING = 0.25  # around a mask, as a share of its longer side: of the crop that is drawn


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A candidate to draw: how, and of which step it was made (0: of none)."""

    request: EditRequest
    parent: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Pool:
    """What a strategy draws with, and what it has drawn.

    opening  the first request, whose noise is replaced
    scorers  argument of the flow -> model; all their scores stand in a step together
    judge    judges each candidate as it is drawn; None: none is judged
    steps    the candidates so far, as a person left them, best and worst alike
    """

    sample: Sample
    generator: Generator
    opening: EditRequest
    scorers: Mapping[str, Scorer]
    ranking: Ranking
    noises: Noises
    purse: Purse
    judge: Judge | None = None
    rubric: Rubric | None = None
    steps: list[Step] = field(default_factory=list)
    is_over: bool = False

    def fresh(self, count: int) -> list[Asked]:
        """Candidates of unrelated noise."""
        return [self.of_noise(noise) for noise in self.noises.fresh(count)]

    def of_noise(self, noise: Noise, parent: int = 0) -> Asked:
        return Asked(request=replace(self.opening, noise=noise), parent=parent)

    def best(self, count: int = 1) -> list[Step]:
        """The best candidates, best first; of equals the one drawn first. One without a potential is not among them."""
        ranked = [step for step in self.steps if potential_of(step) is not None]
        return sorted(ranked, key=lambda step: -potential_of(step))[:count]

    def drawn(self, stage: str, asked: Sequence[Asked]) -> Iterator[Step]:
        """Draw candidates together, as many as the budget affords, and yield each with its scores.

        The search is over once the budget affords no further picture, or a person ends it by a verdict.
        """
        asked = list(asked)
        while asked and not self.is_over:
            count = self.purse.affords(len(asked))
            if count == 0:
                self.is_over = True
                return
            now, asked = asked[:count], asked[count:]
            yield from self._together(stage, now)

    def _together(self, stage: str, asked: Sequence[Asked]) -> Iterator[Step]:
        drawn = self._pictures(asked)
        scores = self._scores([step.image for step in drawn])
        self.ranking.settle(scores)
        finished = [self._scored(step, found) for step, found in zip(drawn, scores, strict=True)]
        finished = [self._judged(step) for step in finished]
        self.purse.note(len(asked))
        for step in finished:
            number = len(self.steps) + 1
            data = {"candidate": number, **step.data}
            change: Change | None = yield replace(step, number=number, stage=stage, data=data)
            self.steps.append(replace(step, number=number, stage=stage, data=data).changed(change))
            if change is not None and change.decision in (Decision.ACCEPT, Decision.STOP):
                self.is_over = True

    # ---- drawing, scoring, judging -----------------------------------------------------------------------------------

    def _pictures(self, asked: Sequence[Asked]) -> list[Step]:
        """A step with its picture per request; in a mask, drawn on the crop around it and laid back."""
        mask = self.opening.mask
        if mask is None:
            images = together(self.generator, [(each.request,) for each in asked])
            return [_step(each, image) for each, image in zip(asked, images, strict=True)]
        crop = crop_for(self.generator, self.opening.images[0], mask, PADDING)
        requests = [crop.request(each.request) for each in asked]
        images = together(self.generator, [(request,) for request in requests])
        return [self._laid_back(*each, crop) for each in zip(asked, requests, images, strict=True)]

    def _laid_back(self, asked: Asked, request: EditRequest, drawn: Image.Image, crop: Crop) -> Step:
        image = crop.stitched(self.opening.images[0], drawn, self.opening.mask)
        return replace(_step(asked, image), request=request, made={"area": self.opening.mask, "crop": drawn})

    def _scores(self, images: Sequence[Image.Image]) -> list[dict[str, Measurement | str]]:
        """Of each picture what all scorers say."""
        merged: list[dict[str, Measurement | str]] = [{} for _ in images]
        for scorer in self.scorers.values():
            answers = together(scorer, [(self.sample, image) for image in images])
            merged = [known | dict(scores) for known, scores in zip(merged, answers, strict=True)]
        return merged

    def _scored(self, step: Step, scores: Mapping[str, Measurement | str]) -> Step:
        value = self.ranking.value(scores)
        ranked = {"potential": None, "unranked": value} if isinstance(value, str) else {"potential": value}
        return replace(step, scores=scores, data={**step.data, **ranked})

    def _judged(self, step: Step) -> Step:
        return step if self.judge is None else self.with_judgement(step)

    def with_judgement(self, step: Step, judge: Judge | None = None) -> Step:
        judge = judge or self.judge
        if judge is None or self.rubric is None:
            raise BadInput("nothing is judged without a judge and a rubric")
        judgement = judged(judge, self.sample, step.image, self.rubric)
        return replace(step, judgement=judgement, decision=decide(judgement, self.rubric))


def together(model: Any, calls: Sequence[tuple]) -> list[Any]:
    """Several calls of one sample: behind a journal they reach the device as one batch."""
    return model.all(calls) if hasattr(model, "all") else [model(*call) for call in calls]


def _step(asked: Asked, image: Image.Image) -> Step:
    return Step(parent=asked.parent, request=asked.request, image=image, data=dict(asked.data))
