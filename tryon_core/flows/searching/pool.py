"""The candidates of one sample: drawn together, scored, ranked, within the budget. What every strategy works with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

from ...errors import BadInput
from ...pictures.crop_and_stitch import Crop
from ...records import Decision, EditRequest, Judgement, Measurement, Noise, Sample
from ...roles import Generator, Judge, Scorer, Writer
from ...rubrics.rules import Rubric, best_attempt, decide, rank
from ...steps import Change, Step
from ..on_crops import crop_for
from .noises import Noises
from .potentials import Ranking, potential_of
from .pruning import pruned, repeats_another
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
    ranking  what candidates are ranked by: a Ranking, or what has its methods
    scorers  argument of the flow -> model; all their scores stand in a step together
    judge    judges each candidate as it is drawn; None: none is judged
    writer   polishes the words of a correction
    by_judge the judge ranks, and no potential
    note     what must be said of every candidate; '' for nothing
    prune    a picture that lies no further than this from an earlier one, in Lab units, is neither scored nor judged
    stop_after  accepted candidates, behind which the search is over, and which are then kept first; 0: none
    steps    the candidates so far, as a person left them, best and worst alike
    accepted    the candidate that a person accepted
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
    writer: Writer | None = None
    by_judge: bool = False
    note: str = ""
    prune: float = 0.0
    stop_after: int = 0
    steps: list[Step] = field(default_factory=list)
    accepted: Step | None = None
    is_over: bool = False

    def fresh(self, count: int) -> list[Asked]:
        """Candidates of unrelated noise."""
        return [self.of_noise(noise) for noise in self.noises.fresh(count)]

    def of_noise(self, noise: Noise, parent: int = 0) -> Asked:
        return Asked(request=replace(self.opening, noise=noise), parent=parent)

    def best(self, count: int = 1) -> list[Step]:
        """The best candidates, best first; of equals the one drawn first. One that cannot be ranked is not among them.

        By the judge: first the one that a loop would keep (rules.best_attempt), the others by their scores.
        """
        if self.by_judge:
            return self._best_judged()[:count]
        ranked = [step for step in self.steps if potential_of(step) is not None]
        return sorted(ranked, key=self._standing, reverse=True)[:count]

    def _best_judged(self) -> list[Step]:
        first = best_attempt(self.steps, self.rubric)
        others = [step for step in self.steps if step.judged and step is not first]
        others.sort(key=lambda step: (rank(step.judgement, self.rubric), -step.number), reverse=True)
        return [first, *others] if first else []

    def _standing(self, step: Step) -> tuple[bool, float, int]:
        is_wanted = bool(self.stop_after) and step.decision is Decision.ACCEPT
        return is_wanted, potential_of(step), -step.number

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

    def given(self, step: Step) -> Iterator[Step]:
        """A candidate that was not drawn here, whatever the budget: scored, judged and ranked like the others."""
        if not self.steps or not _ends(self.steps[-1].change):
            yield from self._shown(self._numbered(step.stage, [step]))

    def unscored(self, step: Step) -> Iterator[Step]:
        """A step that is no candidate, in its place among them."""
        change: Change | None = yield step
        self.steps.append(replace(step, number=len(self.steps) + 1).changed(change))
        self._ended_by(change)

    def looked(self, argument: str, model: Any, calls: Sequence[tuple]) -> list[Any]:
        """The answers of a model that looks at pictures again: to the first calls, as many as the budget affords."""
        answers: list[Any] = []
        while len(answers) < len(calls) and (count := self.purse.affords(len(calls) - len(answers), argument)):
            answers += together(model, calls[len(answers) : len(answers) + count])
            self.purse.note(count, argument)
        return answers

    def _together(self, stage: str, asked: Sequence[Asked]) -> Iterator[Step]:
        yield from self._shown(self._numbered(stage, self._pictures(asked)))

    def _shown(self, drawn: Sequence[Step]) -> Iterator[Step]:
        drawn = pruned(drawn, self.steps, self.prune)
        new = [step for step in drawn if not repeats_another(step)]
        scored = self._scored(new)
        finished = {step.number: step for step in (self.judged(scored, self.judge) if self.judge else scored)}
        self.purse.note(len(drawn))
        overdrawn = self.purse.overdrawn()
        for step in drawn:
            ready = finished.get(step.number, step)
            ready = replace(ready, why=_sentences(ready.why, overdrawn))
            change: Change | None = yield ready
            self.steps.append(ready.changed(change))
            if self._ended_by(change):
                return

    def _numbered(self, stage: str, drawn: Sequence[Step]) -> list[Step]:
        before, candidates = len(self.steps), sum("candidate" in step.data for step in self.steps)
        return [
            replace(step, number=before + place, stage=stage, data={"candidate": candidates + place, **step.data})
            for place, step in enumerate(drawn, start=1)
        ]

    def _ended_by(self, change: Change | None) -> bool:
        """Whether a person ended the search behind the last step; what was drawn with it is not shown any more.

        Other words of theirs are those of the next stage.
        """
        accepted = sum(step.decision is Decision.ACCEPT for step in self.steps)
        self.is_over = self.is_over or 0 < self.stop_after <= accepted
        if change is not None and change.prompt:
            self.opening = replace(self.opening, prompt=change.prompt)
        if not _ends(change):
            return False
        self.is_over = True
        self.accepted = self.steps[-1] if change.decision is Decision.ACCEPT else None
        return True

    # ---- drawing, scoring, judging -----------------------------------------------------------------------------------

    def _pictures(self, asked: Sequence[Asked]) -> list[Step]:
        """A step with its picture per request; in a mask, drawn on the crop around it and laid back."""
        mask = self.opening.mask
        if mask is None:
            images = together(self.generator, [(each.request,) for each in asked])
            return [_step(each, image, self.note) for each, image in zip(asked, images, strict=True)]
        crop = crop_for(self.generator, self.opening.images[0], mask, PADDING)
        requests = [crop.request(each.request) for each in asked]
        images = together(self.generator, [(request,) for request in requests])
        return [self._laid_back(*each, crop) for each in zip(asked, requests, images, strict=True)]

    def _laid_back(self, asked: Asked, request: EditRequest, drawn: Image.Image, crop: Crop) -> Step:
        image = crop.stitched(self.opening.images[0], drawn, self.opening.mask)
        return replace(_step(asked, image, self.note), request=request, made={"area": self.opening.mask, "crop": drawn})

    def scores_of(self, images: Sequence[Image.Image]) -> list[dict[str, Measurement | str]]:
        """Of each picture what all scorers say."""
        merged: list[dict[str, Measurement | str]] = [{} for _ in images]
        for scorer in self.scorers.values():
            answers = together(scorer, [(self.sample, image) for image in images])
            merged = [known | dict(scores) for known, scores in zip(merged, answers, strict=True)]
        return merged

    def _scored(self, steps: Sequence[Step]) -> list[Step]:
        scored = self.scores_of([step.image for step in steps])
        if scored:
            self.ranking.settle(scored)
        return [self._ranked(step, scores) for step, scores in zip(steps, scored, strict=True)]

    def _ranked(self, step: Step, scores: Mapping[str, Measurement | str]) -> Step:
        value = self.ranking.value(scores)
        ranked = {"potential": None, "unranked": value} if isinstance(value, str) else {"potential": value}
        data = {**step.data, **ranked, **self.ranking.data(scores)}
        return replace(step, scores=scores, data=data, why=_sentences(step.why, self.ranking.note()))

    def judged(self, steps: Sequence[Step], judge: Judge) -> list[Step]:
        """The steps with what a judge says of their pictures, asked together; once more where it left something out.

        raises   BadInput without a rubric
        """
        if self.rubric is None:
            raise BadInput("nothing is judged without a rubric")
        judgements = self._judgements([step.image for step in steps], judge)
        again = [place for place, judgement in enumerate(judgements) if judgement.unscored]
        answers = self._judgements([steps[place].image for place in again], judge)
        for place, judgement in zip(again, answers, strict=True):
            judgements[place] = judgement
        return [
            replace(step, judgement=judgement, decision=decide(judgement, self.rubric))
            for step, judgement in zip(steps, judgements, strict=True)
        ]

    def _judgements(self, images: Sequence[Image.Image], judge: Judge) -> list[Judgement]:
        """Of each picture the judgement of what applies to this sample."""
        answers = together(judge, [(self.sample, image) for image in images]) if images else []
        return [self.rubric.applied(answer, self.sample.images) for answer in answers]


def together(model: Any, calls: Sequence[tuple]) -> list[Any]:
    """Several calls of one sample: behind a journal they reach the device as one batch."""
    return model.all(calls) if hasattr(model, "all") else [model(*call) for call in calls]


def _ends(change: Change | None) -> bool:
    """Whether a person ended the search."""
    return change is not None and change.decision in (Decision.ACCEPT, Decision.STOP)


def _sentences(*said: str) -> str:
    return "; ".join(filter(None, said))


def _step(asked: Asked, image: Image.Image, why: str) -> Step:
    return Step(parent=asked.parent, request=asked.request, image=image, data=dict(asked.data), why=why)
