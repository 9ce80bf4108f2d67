"""Flow 1, closed-loop try-on: draw, judge, correct, up to four times."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from ..errors import BadInput
from ..pictures.edit_checks import Checks, finished
from ..records import Decision, EditRequest, Judgement, Noise, Sample
from ..roles import Generator, Judge, Writer
from ..rubrics.rules import Rubric, best_attempt, decide
from ..steps import Flow, Step
from .polishing import polished
from .revising import revise


@dataclass(frozen=True, kw_only=True)
class ClosedLoop:
    """Settings of the closed loop.

    max_iterations  attempts at most, 1 or more
    rewrite         let the judge's own model polish the next words
    composite_back  put back what lies outside the edit, moved and tinted as it was photographed
    """

    max_iterations: int = 4
    rewrite: bool = False
    composite_back: bool = False

    def __post_init__(self) -> None:
        if self.max_iterations < 1:
            raise BadInput(f"max_iterations must be 1 or more, got {self.max_iterations}")


def closed_loop(
    sample: Sample,
    *,
    generator: Generator,
    judge: Judge,
    rubric: Rubric,
    writer: Writer | None = None,
    options: ClosedLoop = ClosedLoop(),
    seed: int = 0,
) -> Flow:
    """Draw, judge, correct; yield each attempt the moment it is judged.

    sample   pictures 'person' and 'garment'
    rubric   what is asked, and the rule by which to accept, correct or start over
    yields   attempts, the last with ACCEPT or STOP unless the iterations ran out; `send` a Change to overrule an
             attempt's verdict or the words of the next request
    returns  the number of the best attempt
    raises   Refused by a model that cannot take this sample
    """
    attempts: list[Step] = []
    request = opening_request(sample, seed)
    while True:
        drawn = generator(request)
        image, checks = after_edit(generator, request, drawn, options)
        judgement = judged(judge, sample, image, rubric)
        attempt = Step(
            parent=len(attempts),
            number=len(attempts) + 1,
            request=request,
            image=image,
            made={} if image is drawn else {"drawn": drawn},
            scores=checks,
            judgement=judgement,
            decision=decide(judgement, rubric),
        )
        change = yield attempt  # None in a batch; a person may answer with words or a verdict
        attempts.append(attempt.changed(change))
        if ends(attempts, options):
            best = best_attempt(attempts, rubric)
            return best.number if best else None
        request = next_request(sample, attempts, generator=generator, rubric=rubric, writer=writer)


def after_edit(
    generator: Generator, request: EditRequest, drawn: Image.Image, options: ClosedLoop
) -> tuple[Image.Image, Checks]:
    """The picture to judge and the checks of its edit, which are left out where nothing can have moved.

    A generator that says `keeps_frame` lays its pictures over the photograph pixel for pixel; one that says nothing may
    have moved or tinted the rest, and is checked.
    """
    if getattr(generator, "keeps_frame", False) and not options.composite_back:
        return drawn, {}
    return finished(request, drawn, options.composite_back)


def ends(attempts: Sequence[Step], options: ClosedLoop) -> bool:
    """Whether the loop is over behind these attempts: accepted, given up, or out of iterations."""
    return attempts[-1].decision in (Decision.ACCEPT, Decision.STOP) or len(attempts) >= options.max_iterations


def next_request(
    sample: Sample, attempts: Sequence[Step], *, generator: Generator, rubric: Rubric, writer: Writer | None = None
) -> EditRequest:
    """How the loop asks after these attempts: RETRY keeps the noise, so only the words change; RESTART draws new."""
    request = revise(sample, attempts, rubric, generator)
    if writer is None:
        return request
    return polished(request, sample, attempts, rubric=rubric, writer=writer, generator=generator)


def opening_request(sample: Sample, seed: int = 0) -> EditRequest:
    """The first request: the wish as it stands, person then garment."""
    if missing := [role for role in ("person", "garment") if role not in sample.images]:
        raise BadInput(f"sample {sample.sample_id} has no {' and no '.join(missing)} picture; closed_loop needs both")
    images = (sample.images["person"], sample.images["garment"])
    return EditRequest(prompt=sample.wish, images=images, noise=Noise(seed=seed), hints=sample.hints)


def judged(judge: Judge, sample: Sample, image: Image.Image, rubric: Rubric) -> Judgement:
    """The judgement of what applies to this sample; asked once more where something of that came back unscored."""
    judgement = rubric.applied(judge(sample, image), sample.images)
    return rubric.applied(judge(sample, image), sample.images) if judgement.unscored else judgement
