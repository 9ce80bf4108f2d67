"""Runs of whatever a judge may answer: nothing applied, nothing read, every mixture; all that is drawn draws."""

import random

import pytest
from drawn import title
from hand_made import DEFAULT, Bench

from tryon_core.records import Decision, Fix, Judgement, Score
from tryon_core.rubrics.rules import decide
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.tables.frames import open_run
from tryon_core.view.widgets.stepping.stepper import IterationStepper
from tryon_core.view.widgets.triaging.triage import FailureTriage

MIXTURES = ("n", "u", "nu", "ns", "s", "sssn", "usssssss")  # not applicable, unscored, scored


def answers(draw):
    """One judgement."""

    def score(key, kind):
        if kind != "s":
            return Score(status={"n": "not_applicable", "u": "unscored"}[kind], reason="it was drawn by lot")
        fixes = (Fix(constraint=key, text=f"mend the {key}"),) if draw.random() < 0.5 else ()
        return Score(score=draw.choice([0, 3, 5, 7.6, 8, 10]), finding=draw.choice(["", "bad"]), fixes=fixes)

    mixture = draw.choice(MIXTURES)
    return Judgement(scores={key: score(key, draw.choice(mixture)) for key in DEFAULT.keys})


def outcome(draw, judgements):
    if decide(judgements[-1], DEFAULT) is Decision.ACCEPT:
        return "accepted"
    return "not_judged" if all(one.unscored for one in judgements) else draw.choice(["not_accepted", "running"])


@pytest.fixture(params=range(6))
def run(request, tmp_path):
    draw, bench = random.Random(request.param), Bench(tmp_path)
    for number in range(draw.randint(1, 4)):
        tried = [answers(draw) for _ in range(draw.randint(1, 4))]
        tried = [one for one in tried[:-1] if decide(one, DEFAULT) is not Decision.ACCEPT] + tried[-1:]
        bench.sample(f"s{number}", outcome(draw, tried), *tried)
    return open_run(bench.finish())


def test_every_figure_and_widget_draws(run):
    assert all(title(draw(run)) for draw in figures.ALL)
    assert all(widget(run).still().startswith(b"\x89PNG") for widget in (IterationStepper, FailureTriage))
