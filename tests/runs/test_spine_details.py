"""Journal and batches to the letter: what is asked together, kept once, charged rightly, and passed on."""

import hashlib
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from doubles import Painter, Scripted, a_sample, card, picture, scores

from tryon_core.errors import BadInput, MissingWeights, ModelFailed, Refused, Stopped, StorageError
from tryon_core.images import digest
from tryon_core.records import EditRequest
from tryon_core.roles import ROLES, Answer, Generator, Judge, Scorer, Segmenter, Writer
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs import journal as module
from tryon_core.runs.batching import LINGER_S, Batched, Worker, serving, submitted
from tryon_core.runs.journal import Journal
from tryon_core.runs.kept.keys import content_key
from tryon_core.runs.walk import Meter
from tryon_core.steps import Spent
from tryon_core.storage.store import FolderStore

DEFAULT = RUBRICS["default"]
GENERATOR, JUDGE, WRITER, SEGMENTER = (ROLES[kind] for kind in (Generator, Judge, Writer, Segmenter))


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "run")


class Echo:
    """A writer that says the question again; breaks, declines or waits where its question says so."""

    def __init__(self, before=lambda question: None):
        self.card, self.asked_for, self.before = card("echo"), [], before

    def __call__(self, question, images):
        self.asked_for.append(question)
        self.before(question)
        if question == "break":
            raise ArithmeticError("broken")
        if question == "decline":
            raise Refused("shy", "it will not say")
        if question == "unweighted":
            raise MissingWeights("no weights")
        return f"{question}!"


class Choir(Echo):
    """The same, several at once."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def metered(self, calls):
        self.sizes.append(len(calls))
        return [Answer(self(*call), Spent(calls=1, tokens=len(call[0]))) for call in calls]


def asks(*questions):
    return [(question, []) for question in questions]


def documents(store):
    return [json.loads(store.read(key)) for key in store.keys("calls/")]


# ---- what is asked, and how often ------------------------------------------------------------------------------------


def test_equal_questions_together_are_asked_once(store):
    echo, meter = Echo(), Meter()
    ask = Journal(store).model(echo, WRITER, meter=meter, argument="pen")
    assert ask.all(asks("a", "b", "a")) == ["a!", "b!", "a!"] and sorted(echo.asked_for) == ["a", "b"]
    assert meter.taken()["pen"].calls == 3


def test_an_argument_is_called_as_its_role(store):
    meter = Meter()
    Journal(store).model(Echo(), WRITER, meter=meter).all(asks("a"))
    assert list(meter.total()) == ["writer"]


def test_batches_hold_eight_unless_told(store):
    choir = Choir()
    Journal(store).model(choir, WRITER).all(asks(*map(str, range(9))))
    Journal(store).model(choir, WRITER, max_batch=2).all(asks("a", "b", "c"))
    assert choir.sizes == [8, 1, 2, 1]


def test_a_worker_is_handed_all_at_once(store):
    choir, worker = Choir(), Worker("choir", 0.0)
    behind = Journal(store).model(Batched(choir, worker, 3), WRITER, max_batch=2)
    assert behind.all(asks("a", "b", "c", "d")) == ["a!", "b!", "c!", "d!"] and choir.sizes == [3, 1]
    worker.close()


def test_a_model_that_batches_gets_batches(store):
    class Chorus(Choir):
        metered = property()  # it has none

        def batch(self, calls):
            self.sizes.append(len(calls))
            return [f"{question}!" for question, _ in calls]

    ask = Journal(store).model(chorus := Chorus(), WRITER)
    assert ask.all(asks("a", "b")) == ["a!", "b!"] and chorus.sizes == [2]


def test_any_settings_of_a_model_are_its_key(store):
    echo = Echo()
    echo.card = card("echo").model_copy(update={"settings": {"weights": Path("folder")}})
    Journal(store).model(echo, WRITER)("a", [])
    assert documents(store)[0]["model"]["settings"] == {"weights": "folder"}


def test_a_stop_is_heard_between_portions(store):
    journal = Journal(store)
    echo = Echo(before=lambda question: journal.stop.set())
    with pytest.raises(Stopped, match="everything finished is recorded, run the same command again to go on$"):
        journal.model(echo, WRITER).all(asks("a", "b"))
    assert len(echo.asked_for) == 1 and [one["question"] for one in documents(store)] == echo.asked_for


def test_others_are_kept_before_one_fails(store):
    ask = Journal(store).model(Choir(), WRITER)
    with pytest.raises(ModelFailed, match="echo broke as writer: ArithmeticError: broken") as caught:
        ask.all(asks("a", "break", "b"))
    assert sorted(one["answer"] for one in documents(store)) == ["a!", "b!"]
    assert isinstance(caught.value.__cause__, ArithmeticError)


def test_a_failed_question_may_be_asked_again(store):
    ask = Journal(store).model(Echo(), WRITER)
    for _ in range(2):
        with pytest.raises(ModelFailed):
            ask("break", [])
    assert ask.model.asked_for == ["break"] * 2


def test_an_error_of_ours_keeps_its_name(store):
    with pytest.raises(MissingWeights, match="no weights"):
        Journal(store).model(Echo(), WRITER)("unweighted", [])
    with pytest.raises(ModelFailed, match="no picture"):  # that is the model's
        wordy = Painter()
        wordy.metered = lambda calls: [Answer("no picture", Spent(calls=1))]
        Journal(store).model(wordy, GENERATOR)(EditRequest(prompt="p", images=()))
    assert documents(store) == []


def test_who_waits_for_a_given_up_call_is_told(store):
    journal, begun = Journal(store), threading.Event()

    class Closed(FolderStore):
        def read(self, key):
            begun.set()
            time.sleep(0.2)
            raise StorageError("the disk is gone")

    journal.store = Closed(store.folder)
    ask = journal.model(Echo(), WRITER)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, "a", [])
        begun.wait(5)
        with pytest.raises(Stopped, match="the call was given up$"):
            ask("a", [])
        with pytest.raises(StorageError, match="the disk is gone"):
            first.result(5)


def test_each_answer_is_counted_once(store):
    for _ in range(2):
        journal = Journal(store)
        journal.model(Choir(), WRITER).all(asks("a", "b", "a"))
        assert journal.answered == 2


# ---- what is kept ----------------------------------------------------------------------------------------------------


def test_an_answered_call_is_readable_json(store):
    Journal(store).model(Echo(), WRITER)("né", [picture("red"), picture("blue")])
    (key,) = store.keys("calls/")
    (document,) = documents(store)
    red, blue = digest(picture("red")), digest(picture("blue"))
    assert document.pop("spent")["calls"] == 1
    assert document == {
        "role": "writer",
        "model": card("echo").model_dump(),
        "question": "né",
        "images": [red, blue],
        "answer": "né!",
        "pictures": [red, blue],
    }
    question = {name: document[name] for name in ("role", "model", "question", "images")}
    text = json.dumps(question, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert key == f"calls/{hashlib.sha256(text.encode()).hexdigest()}.json" == module.call_key(content_key(question))
    assert "né" in store.read(key).decode() and b'\n "role"' in store.read(key)
    assert sorted(store.keys("pictures/")) == sorted(f"pictures/{name}.png" for name in (red, blue))


@pytest.mark.parametrize("part", ["mask", "control"])
def test_a_request_s_own_picture_is_kept(store, tmp_path, part):
    asked = EditRequest(prompt="p", images=(picture("red"),), **{part: picture("tan")})
    Journal(store).model(Painter(), GENERATOR)(asked)
    other = FolderStore(tmp_path / "other")
    Journal(other, reuse=store).model(Painter(), GENERATOR)(asked)
    opened = [Journal(one).pictures.open(digest(picture("tan"))) for one in (store, other)]
    assert [one.tobytes() for one in opened] == [picture("tan").tobytes()] * 2


def test_a_picture_is_written_once(store):
    class Counting(FolderStore):
        created = []

        def create(self, key, data):
            self.created.append(key)
            return super().create(key, data)

    counting = Counting(store.folder)
    journal = Journal(counting)
    assert journal.pictures.save(picture()) == journal.pictures.save(picture()) == digest(picture())
    assert counting.created == [f"pictures/{digest(picture())}.png"]


def test_a_refusal_is_kept_and_costs_a_call(store, tmp_path):
    ledgers = []
    for journal in (Journal(store), Journal(store), Journal(FolderStore(tmp_path / "other"), reuse=store)):
        meter = Meter()
        with pytest.raises(Refused, match="it will not say") as caught:
            journal.model(Echo(), WRITER, meter=meter)("decline", [])
        ledgers.append((caught.value.reason, meter.taken()))
    assert ledgers == [("shy", {"writer": Spent(calls=1)})] * 3
    (document,) = documents(store)
    assert document["refused"] == {"reason": "shy", "message": "it will not say"} and document["pictures"] == []


def test_the_others_are_answered_before_a_refusal(store):
    meter = Meter()
    with pytest.raises(Refused):
        Journal(store).model(Echo(), WRITER, meter=meter).all(asks("decline", "a"))
    assert len(documents(store)) == 2 and meter.total()["writer"].calls == 2


def test_the_first_process_s_answer_stands(store):
    class Late(FolderStore):
        def create(self, key, data):
            if key.startswith("calls/"):
                super().create(key, data.replace(b"a!", b"first!"))
            return super().create(key, data)

    assert Journal(Late(store.folder)).model(Echo(), WRITER)("a", []) == "first!"


def test_a_call_of_another_run_that_lost_its_picture_is_made_again(store, tmp_path, caplog):
    Journal(store).model(Painter(), GENERATOR)(request := EditRequest(prompt="p", images=(picture("red"),)))
    (store.folder / f"pictures/{digest(picture('red'))}.png").unlink()
    mine = FolderStore(tmp_path / "mine")
    Journal(mine, reuse=store).model(painter := Painter(), GENERATOR)(request)
    assert len(painter.requests) == len(documents(mine)) == 1
    assert f"{store.url}/calls" in caplog.text and f"{digest(picture('red'))}.png is missing" in caplog.text


def test_one_s_own_record_goes_before_another_s(store, tmp_path):
    mine = FolderStore(tmp_path / "mine")
    for place, said in ((store, "theirs"), (mine, "mine")):
        echo = Echo()
        echo.__class__ = type("Said", (Echo,), {"__call__": lambda self, question, images, said=said: said})
        Journal(place).model(echo, WRITER)("a", [])
    assert Journal(mine, reuse=store).model(Echo(), WRITER)("a", []) == "mine"


# ---- repeats, rubrics, and what a model knows ------------------------------------------------------------------------


def test_a_repeat_is_counted_for_each_sample(store):
    judge, journal = Scripted(scores(realism=5), scores(realism=6), scores(realism=7)), Journal(store)
    first, second = (journal.model(judge, JUDGE, rubric=DEFAULT) for _ in range(2))
    answers = [ask(a_sample(), picture()).scores["realism"].score for ask in (first, first, first, second, second)]
    assert answers == [5, 6, 7, 5, 6]
    assert sorted(one["repeat"] for one in documents(store)) == [0, 1, 2]


def test_only_a_judge_is_asked_by_rubric(store):
    scorer = lambda sample, image: {"face": "hidden"}  # noqa: E731
    scorer.card = card("scorer")
    Journal(store).model(scorer, ROLES[Scorer], rubric=DEFAULT)(a_sample(), picture())
    assert "rubric" not in documents(store)[0] and documents(store)[0]["repeat"] == 0


def test_a_judge_s_own_words_are_its_question(store):
    judge = Scripted(scores())
    judge.asked = lambda sample: f"Look at {sample.wish}"
    Journal(store).model(judge, JUDGE, rubric=DEFAULT)(a_sample(), picture())
    assert documents(store)[0]["asked"] == "Look at Wear it." and "rubric" not in documents(store)[0]


def test_a_judge_without_them_is_asked_by_rubric(store):
    Journal(store).model(Scripted(scores()), JUDGE, rubric=DEFAULT)(a_sample(), picture())
    assert documents(store)[0]["rubric"]["name"] == "default" and "asked" not in documents(store)[0]


@pytest.mark.parametrize("name", ["fits", "draws_alike", "reads", "tools", "masked_images", "asked", "varies"])
def test_what_a_model_knows_is_passed_on(store, name):
    painter, worker = Painter(), Worker("painter")
    behind = Journal(store).model(Batched(painter, worker, 2), GENERATOR)
    assert not hasattr(behind, name)
    setattr(painter, name, known := object())
    for model in (painter, Batched(painter, worker, 2)):
        assert getattr(Journal(store).model(model, GENERATOR), name) is known
    worker.close()


def test_a_meter_tells_all_and_news():
    meter = Meter()
    meter.add("judge", Spent(calls=1))
    assert meter.taken() == meter.total() == {"judge": Spent(calls=1)} and meter.taken() == {}
    meter.add("judge", Spent(calls=2))
    assert meter.taken() == {"judge": Spent(calls=2)} and meter.total() == {"judge": Spent(calls=3)}
    meter.total().clear()
    assert meter.total() == {"judge": Spent(calls=3)}


# ---- batches ---------------------------------------------------------------------------------------------------------


class Sums:
    """Adds up in batches; notes them."""

    def __init__(self, before=lambda: None):
        self.card, self.seen, self.before = card("sums"), [], before

    def batch(self, calls):
        self.before()
        self.seen.append([number for (number,) in calls])
        return [number + 1 for (number,) in calls]


def numbers(*given):
    return [(number,) for number in given]


def test_a_full_batch_waits_for_nobody():
    worker, started = Worker("sums", 20.0), time.monotonic()
    futures = Batched(sums := Sums(), worker, 2).submit_all(numbers(1, 2, 3, 4))
    assert [future.result(10).value for future in futures] == [2, 3, 4, 5] and sums.seen == [[1, 2], [3, 4]]
    alone = Batched(sums, worker, 2).submit_all(numbers(5))
    worker.close()
    assert alone[0].result(0).value == 6 and time.monotonic() - started < 10


def test_an_idle_worker_waits_for_company():
    worker = Worker("sums", 1.0)
    batched = Batched(sums := Sums(), worker, 2)
    first = batched.submit_all(numbers(1))
    time.sleep(0.1)
    second = batched.submit_all(numbers(2))
    assert [one[0].result(10).value for one in (first, second)] == [2, 3] and sums.seen == [[1, 2]]
    worker.close()


def test_who_has_waited_longest_goes_first():
    gate, order = threading.Event(), []
    one = Sums(before=lambda: (gate.wait(10), order.append("one")))
    other = Sums(before=lambda: order.append("other"))
    worker = Worker("sums", 0.0)
    first, second = Batched(one, worker, 2), Batched(other, worker, 2)
    futures = first.submit_all(numbers(1, 2))
    futures += second.submit_all(numbers(3)) + first.submit_all(numbers(4)) + second.submit_all(numbers(5))
    gate.set()
    assert [future.result(10).value for future in futures] == [2, 3, 4, 5, 6]
    assert order == ["one", "other", "one"] and other.seen == [[3, 5]]
    worker.close()


def test_no_lingering_means_no_waiting():
    worker, started = Worker("sums", 0.0), time.monotonic()
    (answer,) = Batched(Sums(), worker, 2).submit_all(numbers(1))
    assert answer.result(10).value == 2 and time.monotonic() - started < 0.8
    worker.close()


def test_a_family_has_one_worker():
    first, second, alone, plain = Sums(), Sums(), Choir(), Echo()
    first.family = second.family = "sums"
    models = {"first": first, "second": second, "alone": alone, "plain": plain}
    with serving(models, {"first": 1, "second": 2, "alone": 3}.__getitem__, 0.5) as served:
        workers = [served[argument].worker for argument in ("first", "second", "alone")]
        assert workers[0] is workers[1] is not workers[2] and served["plain"] is plain
        assert [served[argument].max_batch for argument in ("first", "second", "alone")] == [1, 2, 3]
        assert [worker.linger_s for worker in workers] == [0.5] * 3 and served["first"].model is first
        assert [worker._thread.name for worker in workers[1:]] == ["batches of sums", "batches of echo"]
    assert not any(worker._thread.is_alive() for worker in workers)


def test_models_without_family_work_apart():
    with serving({"one": Sums(), "other": Sums()}, lambda argument: 1) as served:
        assert served["one"].worker is not served["other"].worker and served["one"].worker.linger_s == LINGER_S


def test_a_call_that_breaks_is_asked_once():
    asked = []

    class Broken:
        card = card("broken")

        def __call__(self, number):
            asked.append(number)
            raise ArithmeticError(number)

    (alone,) = submitted(Broken(), numbers(1))
    assert asked == [1] and alone.exception().args == (1,)
    assert [one.exception().args for one in submitted(Broken(), numbers(1, 2))] == [(1,), (2,)]
    assert asked == [1, 1, 1, 2]


def test_a_worker_s_settings_have_limits():
    with pytest.raises(BadInput, match="a worker lingers 0 seconds or more, got -0.1"):
        Worker("sums", -0.1)
    worker = Worker("sums")
    assert worker.linger_s == LINGER_S == 0.02 and worker._thread.daemon and worker._thread.name == "batches of sums"
    assert Batched(Sums(), worker, 1).max_batch == 1
    worker.close()
