import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from doubles import Painter, Scripted, a_sample, card, picture, scores
from PIL import Image

from tryon_core.errors import BadInput, ModelFailed, Refused, Stopped, StorageError
from tryon_core.images import digest
from tryon_core.records import EditRequest, Fix, Noise, Settings
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.journal import Journal
from tryon_core.storage.store import FolderStore

DEFAULT = RUBRICS["default"]


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "run")


def request(**changes):
    return EditRequest(**{"prompt": "Wear it.", "images": (picture("red"), picture("blue")), **changes})


def test_a_call_answered_before_is_answered_from_the_record(store):
    painter = Painter()
    first = Journal(store).generator(painter)(request())
    again = Journal(store).generator(painter)(request())
    assert digest(first) == digest(again) and len(painter.requests) == 1


def test_a_replayed_call_reports_the_seconds_it_took_when_it_was_made(store):
    Journal(store).generator(Painter()).timed(request())
    assert Journal(store).generator(Painter()).timed(request())[1] == 2.0


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
    draw = Journal(store).generator(painter)
    draw(request())
    draw(request(**changes))
    assert len(painter.requests) == 2


def test_another_revision_of_a_model_is_called_again(store):
    old, new = Painter(), Painter()
    new.card = old.card.model_copy(update={"revision": "2"})
    Journal(store).generator(old)(request())
    Journal(store).generator(new)(request())
    assert len(new.requests) == 1


def test_asking_a_judge_again_is_a_repeat_with_an_answer_of_its_own(store):
    judge = Scripted(scores(realism=None), scores(realism=9))
    ask = Journal(store).judge(judge, DEFAULT)
    answers = [ask(a_sample(), picture()) for _ in range(2)]
    replayed = Journal(store).judge(Scripted(scores(realism=1)), DEFAULT)
    assert [replayed(a_sample(), picture()) for _ in range(2)] == answers and answers[0].unscored


def test_a_judge_is_not_asked_again_about_another_rubric_s_answer(store):
    judge = Scripted(scores())
    Journal(store).judge(judge, DEFAULT)(a_sample(), picture())
    classic = Scripted(scores(RUBRICS["classic"]))
    Journal(store).judge(classic, RUBRICS["classic"])(a_sample(), picture())
    assert len(classic.seen) == 1


def test_a_refusal_is_an_answer_too(store):
    def refuse(_):
        raise Refused("white_on_white", "the garment cannot be told from its background")

    painter = Painter(before=refuse)
    for _ in range(2):
        with pytest.raises(Refused, match="cannot be told") as caught:
            Journal(store).generator(painter)(request())
        assert caught.value.reason == "white_on_white"
    assert len(painter.requests) == 1


def test_a_mask_that_only_the_request_holds_is_kept_beside_the_drawn_picture(store, tmp_path):
    mask = Image.linear_gradient("L").resize((64, 80))
    asked = EditRequest(prompt="Wear it.", images=(picture(),), mask=mask)
    Journal(store).generator(Painter())(asked)
    other = Journal(FolderStore(tmp_path / "other"), reuse=store)
    other.generator(Painter())(asked)
    for journal in (Journal(store), other):
        assert journal.open_picture(digest(mask)).tobytes() == mask.tobytes()


def test_a_broken_call_is_not_recorded_and_is_made_again(store):
    painter = Painter(before=lambda _: 1 / 0)
    with pytest.raises(ModelFailed, match="painter broke while it had to draw: ZeroDivisionError"):
        Journal(store).generator(painter)(request())
    assert list(store.keys("calls/")) == []


def test_the_same_call_made_at_the_same_time_is_made_once(store):
    painter, together = Painter(), threading.Barrier(4)
    draw = Journal(store).generator(painter)

    def call(_):
        together.wait(5)
        return digest(draw(request()))

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(call, range(4)))) == 1
    assert len(painter.requests) == 1


def test_another_run_s_answers_are_taken_over_with_their_pictures(store, tmp_path):
    drawn = Journal(store).generator(Painter())(request())
    mine, painter = FolderStore(tmp_path / "mine"), Painter()
    taken = Journal(mine, reuse=store).generator(painter)(request())
    assert digest(taken) == digest(drawn) and painter.requests == []
    assert list(mine.keys()) == [key for key in store.keys()]


def test_after_a_stop_answered_calls_replay_and_new_ones_do_not_begin(store):
    Journal(store).generator(Painter())(request())
    journal = Journal(store)
    journal.stop.set()
    assert journal.generator(Painter())(request())
    with pytest.raises(Stopped, match="run the same command again"):
        journal.generator(Painter())(request(prompt="new"))


def test_a_call_in_flight_when_the_stop_comes_is_finished_and_recorded(store):
    journal = Journal(store)
    journal.generator(Painter(before=lambda _: journal.stop.set()))(request())
    assert len(list(store.keys("calls/"))) == 1


def test_a_lost_picture_is_named(store):
    drawn = Journal(store).generator(Painter())(request())
    (store.folder / f"pictures/{digest(drawn)}.png").unlink()
    with pytest.raises(StorageError, match=r"pictures/\w+.png is missing"):
        Journal(store).generator(Painter())(request())


def test_a_judge_that_answers_other_questions_is_refused(store):
    with pytest.raises(BadInput, match="asks \\['garment_swap'"):
        Journal(store).judge(Scripted(scores(RUBRICS["classic"])), DEFAULT)(a_sample(), picture())


def test_a_model_without_a_card_cannot_be_journaled(store):
    with pytest.raises(BadInput, match="has no card"):
        Journal(store).generator(lambda request: picture())


def test_the_record_of_a_call_names_model_request_and_picture_but_holds_no_pixels(store):
    Journal(store).generator(Painter())(request())
    (key,) = store.keys("calls/")
    document = json.loads(store.read(key))
    assert document["model"] == card("painter").model_dump() and set(document["answer"]) == {"picture"}
    assert document["request"]["images"][0] == digest(picture("red"))
