import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from doubles import Painter, Scripted, a_sample, card, picture, scores
from PIL import Image

from tryon_core.errors import BadInput, ModelFailed, Refused, Stopped
from tryon_core.images import digest
from tryon_core.records import EditRequest, Fix, Noise, Settings
from tryon_core.roles import ROLES, Analyst, Answer, Generator, Judge
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.journal import Journal
from tryon_core.runs.walk import Meter
from tryon_core.steps import Spent
from tryon_core.storage.store import FolderStore

DEFAULT = RUBRICS["default"]
GENERATOR, JUDGE = ROLES[Generator], ROLES[Judge]


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "run")


def request(**changes):
    return EditRequest(**{"prompt": "Wear it.", "images": (picture("red"), picture("blue")), **changes})


def test_a_call_answered_before_is_answered_from_the_record(store):
    painter = Painter()
    first = Journal(store).model(painter, GENERATOR)(request())
    again = Journal(store).model(painter, GENERATOR)(request())
    assert digest(first) == digest(again) and len(painter.requests) == 1


def test_a_replayed_call_reports_the_seconds_it_took_when_it_was_made(store):
    ledgers = []
    for _ in range(2):
        Journal(store).model(Painter(), GENERATOR, meter=(meter := Meter()))(request())
        ledgers.append(meter.taken())
    assert ledgers == [{"generator": Spent(calls=1, seconds=2.0, steps=4)}] * 2


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": "Wear that."},
        {"images": (picture("red"), picture("green"))},
        {"mask": picture().convert("L")},
        {"control": picture()},
        {"fixes": (Fix(constraint="realism", text="mend"),)},
        {"settings": Settings(steps=4)},
        {"noise": Noise(seed=1)},
        {"noise": Noise(steps=((1, 0.95),))},
    ],
)
def test_everything_a_generator_is_told_is_in_the_key(store, changes):
    painter = Painter()
    draw = Journal(store).model(painter, GENERATOR)
    draw(request())
    draw(request(**changes))
    assert len(painter.requests) == 2


def test_another_revision_of_a_model_is_called_again(store):
    old, new = Painter(), Painter()
    new.card = old.card.model_copy(update={"revision": "2"})
    Journal(store).model(old, GENERATOR)(request())
    Journal(store).model(new, GENERATOR)(request())
    assert len(new.requests) == 1


def test_asking_a_judge_again_is_a_repeat_with_an_answer_of_its_own(store):
    judge = Scripted(scores(realism=None), scores(realism=9))
    ask = Journal(store).model(judge, JUDGE, rubric=DEFAULT)
    answers = [ask(a_sample(), picture()) for _ in range(2)]
    replayed = Journal(store).model(Scripted(scores(realism=1)), JUDGE, rubric=DEFAULT)
    assert [replayed(a_sample(), picture()) for _ in range(2)] == answers and answers[0].unscored


def test_a_judge_is_not_asked_again_about_another_rubric_s_answer(store):
    judge = Scripted(scores())
    Journal(store).model(judge, JUDGE, rubric=DEFAULT)(a_sample(), picture())
    classic = Scripted(scores(RUBRICS["classic"]))
    Journal(store).model(classic, JUDGE, rubric=RUBRICS["classic"])(a_sample(), picture())
    assert len(classic.seen) == 1


def test_a_refusal_is_an_answer_too(store):
    def refuse(_):
        raise Refused("white_on_white", "the garment cannot be told from its background")

    painter = Painter(before=refuse)
    for _ in range(2):
        with pytest.raises(Refused, match="cannot be told") as caught:
            Journal(store).model(painter, GENERATOR)(request())
        assert caught.value.reason == "white_on_white"
    assert len(painter.requests) == 1


def test_a_mask_that_only_the_request_holds_is_kept_beside_the_drawn_picture(store, tmp_path):
    mask = Image.linear_gradient("L").resize((64, 80))
    asked = EditRequest(prompt="Wear it.", images=(picture(),), mask=mask)
    Journal(store).model(Painter(), GENERATOR)(asked)
    other = Journal(FolderStore(tmp_path / "other"), reuse=store)
    other.model(Painter(), GENERATOR)(asked)
    for journal in (Journal(store), other):
        assert journal.pictures.open(digest(mask)).tobytes() == mask.tobytes()


def test_a_broken_call_is_not_recorded_and_is_made_again(store):
    painter = Painter(before=lambda _: 1 / 0)
    with pytest.raises(ModelFailed, match="painter broke as generator: ZeroDivisionError"):
        Journal(store).model(painter, GENERATOR)(request())
    assert list(store.keys("calls/")) == []


def test_the_same_call_made_at_the_same_time_is_made_once(store):
    painter, together = Painter(), threading.Barrier(4)
    draw = Journal(store).model(painter, GENERATOR)

    def call(_):
        together.wait(5)
        return digest(draw(request()))

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(call, range(4)))) == 1
    assert len(painter.requests) == 1


def test_another_run_s_answers_are_taken_over_with_their_pictures(store, tmp_path):
    drawn = Journal(store).model(Painter(), GENERATOR)(request())
    mine, painter = FolderStore(tmp_path / "mine"), Painter()
    taken = Journal(mine, reuse=store).model(painter, GENERATOR)(request())
    assert digest(taken) == digest(drawn) and painter.requests == []
    assert list(mine.keys()) == [key for key in store.keys()]


def test_after_a_stop_answered_calls_replay_and_new_ones_do_not_begin(store):
    Journal(store).model(Painter(), GENERATOR)(request())
    journal = Journal(store)
    journal.stop.set()
    assert journal.model(Painter(), GENERATOR)(request())
    with pytest.raises(Stopped, match="run the same command again"):
        journal.model(Painter(), GENERATOR)(request(prompt="new"))


def test_a_call_in_flight_when_the_stop_comes_is_finished_and_recorded(store):
    journal = Journal(store)
    journal.model(Painter(before=lambda _: journal.stop.set()), GENERATOR)(request())
    assert len(list(store.keys("calls/"))) == 1


def test_a_lost_picture_is_drawn_again(store):
    drawn = Journal(store).model(Painter(), GENERATOR)(request())
    (store.folder / f"pictures/{digest(drawn)}.png").unlink()
    again = Journal(store).model(painter := Painter(), GENERATOR)(request())
    assert digest(again) == digest(drawn) and len(painter.requests) == 1
    assert digest(Journal(store).pictures.open(digest(drawn))) == digest(drawn)


def test_a_judge_that_answers_other_questions_is_refused(store):
    with pytest.raises(BadInput, match="asks \\['garment_swap'"):
        Journal(store).model(Scripted(scores(RUBRICS["classic"])), JUDGE, rubric=DEFAULT)(a_sample(), picture())


def test_a_model_without_a_card_cannot_be_journaled(store):
    with pytest.raises(BadInput, match="has no card"):
        Journal(store).model(lambda request: picture(), GENERATOR)


def test_the_record_of_a_call_names_model_request_and_picture_but_holds_no_pixels(store):
    Journal(store).model(Painter(), GENERATOR)(request())
    (key,) = store.keys("calls/")
    document = json.loads(store.read(key))
    assert document["model"] == card("painter").model_dump() and set(document["answer"]) == {"picture"}
    assert document["request"]["images"][0] == digest(picture("red"))


def test_several_calls_are_asked_in_their_order(store):
    painter = Painter()
    draw = Journal(store).model(painter, GENERATOR, max_batch=2)
    draw.all([(request(prompt=word),) for word in ("a", "b", "a", "c")])
    assert [asked.prompt for asked in painter.requests] == ["a", "b", "c"]


def test_an_answer_that_is_no_json_is_the_model_s_failure(store):
    class Odd(Scripted):
        def __call__(self, sample):
            return {"confidence_score": float("nan")}

    with pytest.raises(ModelFailed, match="answered as analyst with what is no answer"):
        Journal(store).model(Odd(), ROLES[Analyst])(a_sample())
    assert list(store.keys("calls/")) == []


def test_a_call_that_a_model_cannot_take_is_the_model_s_failure(store):
    def needs_more(_):
        raise BadInput("painter needs a mask; give one")

    with pytest.raises(ModelFailed, match="painter: painter needs a mask; give one"):
        Journal(store).model(Painter(before=needs_more), GENERATOR)(request())
    assert list(store.keys("calls/")) == []


@pytest.mark.parametrize(
    "answer", [None, "a picture", Image.new("F", (64, 80)), Image.new("CMYK", (64, 80)), Image.new("RGB", (0, 0))]
)
def test_what_is_no_picture_is_the_model_s_failure(store, answer):
    class Odd(Painter):
        def metered(self, calls):
            return [Answer(answer, Spent(calls=1)) for _ in calls]

    with pytest.raises(ModelFailed, match="painter answered as generator with what is no answer of that role"):
        Journal(store).model(Odd(), GENERATOR)(request())
    assert list(store.keys("calls/")) == []


@pytest.mark.parametrize("words", ["boom\x1b[31m\n" + "W" * 200_000, "no file \udcff.bin", "a\0b\u202ec"])
def test_a_model_s_words_are_one_short_line(store, words):
    def breaks(_):
        raise ValueError(words)

    with pytest.raises(ModelFailed) as raised:
        Journal(store).model(Painter(before=breaks), GENERATOR)(request())
    said = str(raised.value)
    assert len(said) < 700 and said.isprintable() and said.encode()


def test_another_process_s_answer_that_is_damaged_is_written_over(store):
    """It appears between the look and the write."""

    def interfere(_):
        path = store.folder / f"calls/{key}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{")

    first = Journal(FolderStore(store.folder.parent / "other"))
    first.model(Painter(), GENERATOR)(request())
    (key,) = (name.split("/")[1].removesuffix(".json") for name in first.store.keys("calls/"))
    drawn = Journal(store).model(Painter(before=interfere), GENERATOR)(request())
    again = Journal(store).model(painter := Painter(), GENERATOR)(request())
    assert digest(drawn) == digest(again) and painter.requests == []
