"""Judge pictures that were made elsewhere: no generator, one attempt per picture."""

from ..records import Sample
from ..roles import Judge
from ..rubrics.rules import Rubric, best_attempt, decide
from ..steps import Flow, Step
from .closed_loop import judged


def judge_only(sample: Sample, *, judge: Judge, rubric: Rubric) -> Flow:
    """Judge each picture of the role 'result', in order; yield each as an attempt.

    sample   one or more pictures 'result', and what the rubric compares them with; a judge does not see the others
    returns  the number of the best one
    """
    asked, attempts = sample.without("result"), []
    for number, image in enumerate(sample.several("result"), start=1):
        judgement = judged(judge, asked, image, rubric)
        attempt = Step(number=number, image=image, judgement=judgement, decision=decide(judgement, rubric))
        change = yield attempt
        attempts.append(attempt.changed(change))
    best = best_attempt(attempts, rubric)
    return best.number if best else None
