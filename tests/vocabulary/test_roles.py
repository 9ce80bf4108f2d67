"""Each role's call as a key, its answer kept and opened again, and what a call costs."""

import json
import time

import pytest
from doubles import a_sample, card, picture, scores

from tryon_core.errors import BadInput, UnknownName
from tryon_core.flows.closed_loop import closed_loop
from tryon_core.images import digest
from tryon_core.records import EditRequest, Measurement
from tryon_core.roles import (
    ROLES,
    Analyst,
    Answer,
    Comparer,
    Comparison,
    ControlMapper,
    Enhancer,
    FaceSwapper,
    Generator,
    Judge,
    Mask,
    Scorer,
    Segmenter,
    SegmentPrompt,
    Writer,
    answers,
    card_of,
    role_named,
    roles_of,
)
from tryon_core.steps import Spent

RED, BLUE = picture("red"), picture("blue")
SAMPLE, REQUEST = a_sample(), EditRequest(prompt="p", images=(RED,), control=BLUE)
CALLS = {  # role -> its name, whether it repeats, a call, its question, an answer
    Generator: ("generator", False, (REQUEST,), {"request": REQUEST.record()}, RED),
    Judge: ("judge", True, (SAMPLE, RED), {**SAMPLE.record(), "image": digest(RED)}, scores(realism=None, identity=5)),
    Scorer: (
        "scorer",
        True,
        (SAMPLE, RED),
        {**SAMPLE.record(), "image": digest(RED)},
        {"face": Measurement(value=1, unit="of 1"), "hand": "hidden"},
    ),
    Comparer: (
        "comparer",
        True,
        (SAMPLE, RED, BLUE),
        {**SAMPLE.record(), "first": digest(RED), "second": digest(BLUE)},
        Comparison(preferred="first", reason="it is red"),
    ),
    Segmenter: (
        "segmenter",
        False,
        (RED, SegmentPrompt(words="top", points=((0.5, 0.25, 1),))),
        {
            "image": digest(RED),
            "prompt": {"words": "top", "points": [[0.5, 0.25, 1]], "box": None},
        },
        [Mask(image=RED.convert("L"), score=0.5), Mask(image=BLUE.convert("L"), label="skirt")],
    ),
    ControlMapper: ("control_mapper", False, (RED,), {"image": digest(RED)}, BLUE),
    Enhancer: ("enhancer", False, (REQUEST,), {"request": REQUEST.record()}, RED),
    Analyst: ("analyst", True, (SAMPLE,), SAMPLE.record(), {"fabric": "wool", "worn": None}),
    Writer: ("writer", False, ("why?", [RED]), {"question": "why?", "images": [digest(RED)]}, "because"),
    FaceSwapper: (
        "face_swapper",
        False,
        (RED, BLUE, None),
        {"image": digest(RED), "face": digest(BLUE), "mask": None},
        BLUE,
    ),
}


@pytest.mark.parametrize("protocol", ROLES, ids=lambda one: one.__name__)
def test_a_role_s_question_names_its_pictures(protocol):
    role, (name, repeats, call, question, _) = ROLES[protocol], CALLS[protocol]
    assert (role.name, role.repeats, role.question(digest, *call)) == (name, repeats, question)
    named = []
    role.question(lambda image: named.append(digest(image)) or "n", *call)
    assert named == [part for part in _digests(question)]


def _digests(question):
    for value in question.values() if isinstance(question, dict) else question:
        if isinstance(value, dict | list):
            yield from _digests(value)
        elif isinstance(value, str) and len(value) == 64:
            yield value


@pytest.mark.parametrize("protocol", ROLES, ids=lambda one: one.__name__)
def test_a_kept_answer_opens_as_it_was(protocol):
    role, answer, shelf = ROLES[protocol], CALLS[protocol][-1], {}
    kept = role.keep(answer, lambda image: shelf.setdefault(digest(image), image) and digest(image))
    assert role.open(kept, shelf.__getitem__) == answer and json.loads(json.dumps(kept)) == kept
    assert kept is not answer or isinstance(answer, str)


def test_a_comparison_needs_no_reason():
    assert Comparison(preferred="tie").reason == ""


def test_a_role_is_found_by_name():
    assert role_named("writer") is ROLES[Writer]
    with pytest.raises(UnknownName, match="no role is called 'wrter'. Did you mean 'writer'"):
        role_named("wrter")


def test_a_flow_s_roles_are_its_annotations():
    assert {argument: role.name for argument, role in roles_of(closed_loop).items()} == {
        "generator": "generator",
        "judge": "judge",
        "writer": "writer",
    }

    def odd(a, *, draw: "Generator", size: int, ask: Writer | None = None) -> Judge: ...

    assert {argument: role.name for argument, role in roles_of(odd).items()} == {"draw": "generator", "ask": "writer"}


class Slow:
    """Doubles numbers, each in its own time."""

    card = card("slow")

    def __call__(self, number, waits):
        time.sleep(waits)
        return 2 * number


class Together(Slow):
    def batch(self, calls):
        time.sleep(calls[0][1] if calls else 0)
        return [2 * number for number, _ in calls][:2]


class Metered(Together):
    def metered(self, calls):
        return (Answer(number, Spent(calls=7)) for number, _ in calls[:2])


def test_calls_one_by_one_cost_their_own_time():
    quick, slow, again = answers(Slow(), [(1, 0), (2, 0.6), (3, 0)])
    assert [one.value for one in (quick, slow, again)] == [2, 4, 6]
    assert quick.spent.seconds < 0.4 < slow.spent.seconds and again.spent.seconds < 0.4
    assert {one.spent.calls for one in (quick, slow, again)} == {1}


def test_a_model_s_clock_can_stand_still_while_it_waits():
    class Waits:
        card, clock = card("waits"), staticmethod(time.thread_time)

        def __call__(self):
            time.sleep(0.3)

    (answer,) = answers(Waits(), [()])
    assert answer.spent.seconds < 0.1


def test_a_batch_is_shared_out_evenly():
    first, second = answers(Together(), [(1, 0.8), (2, 0)])
    assert (first.value, second.value) == (2, 4) and first.spent == second.spent
    assert first.spent.calls == 1 and 0.4 <= first.spent.seconds < 0.8
    (alone,) = answers(Together(), [(1, 0.2)])
    assert alone.spent.seconds >= 0.2 and answers(Together(), []) == []


def test_a_model_s_own_count_goes_first():
    assert answers(Metered(), [(1, 0), (2, 0)]) == [Answer(1, Spent(calls=7)), Answer(2, Spent(calls=7))]


@pytest.mark.parametrize("model", [Together(), Metered()])
def test_too_few_answers_are_refused(model):
    with pytest.raises(BadInput, match="slow.batch answered 2 of 3 calls"):
        answers(model, [(1, 0)] * 3)


@pytest.mark.parametrize("model", [len, type("Wrong", (), {"card": "slow"})()])
def test_a_model_without_card_is_refused(model):
    with pytest.raises(BadInput, match="has no card; set model.card"):
        card_of(model)
    assert card_of(Slow()) is Slow.card
