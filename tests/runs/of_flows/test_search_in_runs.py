"""A search as a run: batches, a kill and a resume, strategies that share candidates, live with a person."""

import hashlib

import pytest
from doubles import Lottery, Painter, Scripted, scores
from landscape import metric, scripted
from mortal import Killed, Mortal, contents

from tryon_core.errors import BadInput
from tryon_core.flows import named
from tryon_core.records import Decision, Measurement
from tryon_core.roles import Answer, Comparison
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.stepping import begin
from tryon_core.steps import Change, Spent
from tryon_core.storage.store import FolderStore

EACPS = {"strategy": "eacps", "metric": "height", "wide": 3, "parents": 1, "children": 2, "judged": "none"}
LUCK = {"strategy": "best_of_n", "metric": "height", "candidates": 5, "judged": "none"}


class Batches(Painter):
    """Notes how many requests reach it together."""

    def __init__(self):
        super().__init__()
        self.batches = []

    def metered(self, calls):
        self.batches.append(len(calls))
        return super().metered(calls)


class Heights:
    """Scores a picture by its bytes, 0 to 1. Counts its calls."""

    def __init__(self):
        self.card, self.metrics, self.calls = scripted("heights"), (metric("height"),), 0

    def __call__(self, sample, image):
        self.calls += 1
        drawn = int.from_bytes(hashlib.sha256(image.tobytes()).digest()[:4], "big")
        return {"height": Measurement(value=drawn / 2**32, unit="m")}

    def metered(self, calls):
        return [Answer(self(*call), Spent(calls=1, seconds=0.5, tokens=10)) for call in calls]


class First:
    """Prefers by the pictures' bytes, in either order the same."""

    card = scripted("first")

    def __call__(self, sample, one, other):
        return Comparison(preferred="first" if one.tobytes() < other.tobytes() else "second")


class Moody(Lottery):
    """A judge at a temperature: another answer each time, the n-th answer to a picture always the same."""

    varies = True

    def __init__(self):
        super().__init__()
        self.seen = []

    def __call__(self, sample, image):
        self.seen.append(image.tobytes())
        key = image.tobytes() + bytes([self.seen.count(image.tobytes())])
        return scores(realism=hashlib.sha256(key).digest()[0] / 25.6)


def parameters(source, output, options, **given):
    return BatchParameters.checked(source=str(source), output=str(output), flow="search", options=options, **given)


def models(**given):
    return {"generator": Batches(), "scorer": Heights(), **given}


def run(source, output, options, drawn_by=None, store=None, **given):
    drawn_by = drawn_by or models()
    return run_batch(parameters(source, output, options, **given), models=drawn_by, store=store, progress=False)


def timeless(step):
    return step.model_copy(update={"spent": {}})


def test_the_candidates_of_a_sample_are_one_batch(manifest, tmp_path):
    drawn_by = models()
    done = run(manifest, tmp_path, EACPS, drawn_by, samples=["s0"])
    assert drawn_by["generator"].batches == [3, 2]
    (record,) = done.records
    assert [step.stage for step in record.steps] == ["global"] * 3 + ["near"] * 2
    assert record.spent["generator"].calls == record.spent["scorer"].calls == 5


def test_they_are_judged_as_one_batch_too(manifest, tmp_path):
    """And asked once more, together, where an answer was left out."""

    class Forgetful(Lottery):
        batches, answers = (), 0

        def metered(self, calls):
            self.batches = (*self.batches, len(calls))
            self.answers += len(calls)
            blank = scores(realism=None if self.answers <= 3 else 5)
            return [Answer(blank, Spent(calls=1)) for _ in calls]

    judge = Forgetful()
    done = run(manifest, tmp_path, EACPS | {"judged": "all"}, models(judge=judge), samples=["s0"])
    assert judge.batches == (3, 3, 2) and all(step.judged for step in done.records[0].steps)


@pytest.mark.parametrize(("judged", "outcomes"), [("none", {"finished"}), ("chosen", {"accepted", "not_accepted"})])
def test_the_outcome_is_that_of_the_kept_picture(manifest, tmp_path, judged, outcomes):
    class Half(Lottery):
        def __call__(self, sample, image):
            return scores(realism=9 if sample.sample_id in ("s0", "s1") else 5)

    done = run(manifest, tmp_path, EACPS | {"judged": judged}, models(judge=Half()))
    assert {record.outcome for record in done.records} == outcomes
    for record in done.records:
        kept = record.steps[record.chosen - 1]
        best = max(record.steps[:5], key=lambda step: step.data["potential"])
        assert kept.picture == best.picture and (kept.stage == "chosen") == (judged == "chosen")
        assert len(record.attempts) == (judged == "chosen")


DECIDED = {
    "plain": (EACPS, {}),
    "judged": (EACPS | {"judged": "all"}, {"judge": Lottery}),
    "knockout": (LUCK | {"select": "knockout"}, {"comparer": First}),
    "pessimistic": (LUCK | {"select": "pessimistic", "judged": "chosen"}, {"judge": Moody}),
    "iterated": ({"strategy": "iterate_and_sample", "iterations": 3}, {"judge": Lottery}),
}


@pytest.mark.parametrize("kind", DECIDED)
def test_a_search_that_was_killed_ends_as_any_other(manifest, tmp_path, kind):
    options, makers = DECIDED[kind]
    made = lambda: models(**{name: make() for name, make in makers.items()})  # noqa: E731
    only = {"samples": ["s0", "s1"], "run": {"workers": 1}}
    whole = run(manifest, tmp_path / "unbroken", options, drawn_by := made(), **only)
    for alive in (4, 15, 27):
        with pytest.raises(Killed):
            run(manifest, "", options, made(), store=Mortal(tmp_path / "run", alive), **only)
    again = made()
    resumed = run(manifest, tmp_path / "run", options, again, **only)
    assert 0 < len(again["generator"].requests) < len(drawn_by["generator"].requests)
    if kind != "pessimistic":  # whose scripted judge begins anew, as one at a temperature does
        assert contents(FolderStore(tmp_path / "run")).keys() == contents(FolderStore(tmp_path / "unbroken")).keys()
        assert same(resumed.records, whole.records)
    once_more = run(manifest, tmp_path / "copy", options, idle := made(), reuse=str(tmp_path / "run"), **only)
    assert same(once_more.records, resumed.records) and not idle["generator"].requests and not idle["scorer"].calls


def same(records, others):
    kept = [[(record.chosen, *map(timeless, record.steps)) for record in each] for each in (records, others)]
    return kept[0] == kept[1]


def test_strategies_draw_their_shared_candidates_once(manifest, tmp_path):
    run(manifest, tmp_path / "eacps", EACPS)
    again = models()
    done = run(manifest, tmp_path / "luck", LUCK, again, reuse=str(tmp_path / "eacps"))
    assert len(again["generator"].requests) == again["scorer"].calls == len(done.records) * (5 - 3)
    assert all(record.spent["generator"].calls == 5 for record in done.records)


def test_a_judge_without_a_temperature_ends_the_run_before_work(manifest, tmp_path):
    drawn_by = models(judge=Lottery())
    with pytest.raises(BadInput, match="lottery; give it a temperature"):
        run(manifest, tmp_path, LUCK | {"select": "pessimistic", "judged": "chosen"}, drawn_by)
    assert not drawn_by["generator"].requests


def test_what_the_judge_needs_is_known_behind_a_journal(manifest, tmp_path):
    judge = Moody()
    judge.needs = ("person", "hat")
    drawn_by = models(judge=judge)
    done = run(manifest, tmp_path / "run", LUCK | {"judged": "chosen"}, drawn_by)
    assert {record.outcome for record in done.records} == {"refused"} and not drawn_by["generator"].requests
    assert "needs the pictures person, hat and the sample has person, garment" in done.records[0].reason


def test_settings_come_as_json_text(manifest, tmp_path):
    """Papermill's -p never reads a dict."""
    text = '{"strategy": "best_of_n", "metric": "height", "judged": "none", "budget": {"pictures": 2}}'
    done = run(manifest, tmp_path, text, samples=["s0"])
    assert len(done.records[0].steps) == 2
    with pytest.raises(BadInput, match="Did you mean 'pictures'"):
        named("search").checked({"budget": {"picture": 2}})


# ---- live ------------------------------------------------------------------------------------------------------------


def live(manifest, tmp_path, options=EACPS, **given):
    return begin(parameters(manifest, tmp_path, options, sample="s1"), models=models(**given))


@pytest.mark.parametrize("kind", DECIDED)
def test_stepping_a_search_writes_what_a_batch_writes(manifest, tmp_path, kind):
    options, makers = DECIDED[kind]
    loop = live(manifest, tmp_path / "live", options, **{name: make() for name, make in makers.items()})
    while not loop.cannot_step():
        loop.step()
    made = models(**{name: make() for name, make in makers.items()})
    (record,) = run(manifest, tmp_path / "batch", options, made, sample="s1").records
    line = loop.lines()["loop"]
    assert [timeless(step) for step in line.steps] == [timeless(step) for step in record.steps]
    assert (line.outcome, line.chosen) == (record.outcome, record.chosen)


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        (LUCK | {"judged": "chosen"}, 6),
        (LUCK | {"select": "knockout"}, 6),
        (LUCK | {"select": "knockout", "judged": "all"}, 6),
        (LUCK | {"select": "knockout", "judged": "chosen"}, 7),
    ],
)
def test_the_step_that_decides_ends_the_line_at_once(manifest, tmp_path, options, steps):
    loop = live(manifest, tmp_path, options, comparer=First(), judge=Lottery())
    for _ in range(steps):
        assert not loop.cannot_step() and loop.step() is not None
    assert loop.cannot_step() and loop.lines()["loop"].chosen


def test_a_person_accepts_a_candidate_and_it_is_kept(manifest, tmp_path):
    loop = live(manifest, tmp_path)
    drawn = [loop.step() for _ in range(3)]
    lowest = min(drawn, key=lambda step: step.data["potential"]).number
    accepted = loop.branch("loop", lowest, Change(decision=Decision.ACCEPT))
    assert loop.cannot_step(accepted) and loop.lines()[accepted].chosen == lowest
    given_up = loop.branch("loop", lowest, Change(decision=Decision.STOP))
    assert loop.cannot_step(given_up) and loop.lines()[given_up].chosen is None
    kept = loop.branch("loop", 3, Change(keep=2))
    assert loop.lines()[kept].chosen == 2 and loop.cannot_step(kept)


def test_a_person_goes_on_behind_the_last_iteration(manifest, tmp_path):
    judge = Scripted(scores(realism=5))
    options = {"strategy": "iterate_and_sample", "iterations": 1, "parallel": 2}
    loop = live(manifest, tmp_path, options, judge=judge)
    while not loop.cannot_step():
        loop.step()
    words = loop.branch("loop", 2, Change(prompt="Wear it open."))
    assert loop.step(words).request["prompt"] == "Wear it open."


def test_a_person_s_words_are_those_of_the_next_stage(manifest, tmp_path):
    loop = live(manifest, tmp_path)
    for _ in range(3):
        loop.step()
    words = loop.branch("loop", 3, Change(prompt="Wear it open."))
    child = loop.step(words)
    assert child.stage == "near" and child.request["prompt"] == "Wear it open."
