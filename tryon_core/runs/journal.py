"""Never lose a model call, never repeat one, of any role: what was answered is answered from the record.

Each call has a content key (role, model, revision, settings, question, digests of decoded pictures, noise recipe,
repeat index); an answer is written before it is used. Running again after a kill replays what was finished, for every
flow, with no code in the flow. At temperature above 0 the first recorded answer stands. A record that cannot be read,
or does not answer this very question, counts as none: the call is made again and written over it.

    calls/<key>.json       one answered call            pictures/<digest>.png   each picture once
"""

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from functools import partial
from typing import Any, NamedTuple

from PIL import Image
from pydantic_core import to_json

from ..errors import BadInput, Damaged, ModelFailed, Refused, Stopped, TryonError
from ..images import digest
from ..records import canonical
from ..roles import Answer, Open, Role, card_of
from ..rubrics.rules import Rubric
from ..steps import Spent
from ..storage.store import Store
from ..text import one_line, shortened
from ..text.scrubbing import outside, scrubbed_json
from .batching import submitted
from .kept.kept_pictures import KeptPictures
from .kept.keys import call_key, content_key
from .walk import Meter

STOPPED = "a stop was asked for; everything finished is recorded, run the same command again to go on"
MANY = 1_000_000  # calls that a worker takes at once: it makes batches itself
# what flows may ask of a model beside calling it
_MAY_HAVE = (
    *("fits", "draws_alike", "reads", "tools", "takes", "min_images", "unmasked_images", "masked_images"),
    *("asked", "keeps_frame", "metrics", "varies", "needs", "steps"),
)
_MODES = ("RGB", "RGBA", "L", "LA", "1")  # of pictures and masks that PNG keeps as they are
_NO_ANSWER = (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError)
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, Damaged)  # what damaged JSON raises

Ask = Callable[[Sequence[int]], list[Future]]
Keep = Callable[[int, Any], tuple[dict[str, Any], dict[str, Image.Image]]]


class Answered(NamedTuple):
    """One call as it was answered: a value or a refusal, what it cost, and the content key under which it is kept."""

    value: Any
    spent: Spent
    refusal: Refused | None = None
    key: str = ""


class Journal:
    """Answers model calls from `store`, else from `reuse` (another run), else from the model.

    stop      set it, and calls in flight finish and are recorded; the next unanswered call raises Stopped
    check     called once, before the first call that no record answers; what it raises is raised there
    answered  how many calls were answered so far, whoever answered them
    """

    def __init__(
        self,
        store: Store,
        reuse: Store | None = None,
        stop: threading.Event | None = None,
        *,
        check: Callable[[], None] = lambda: None,
    ):
        self.store, self.reuse, self.check = store, reuse, check
        self.pictures = KeptPictures(store)
        self.there: Callable[[str], bool] | None = None  # whether a key is in the store, once that was looked up
        self._theirs: Callable[[str], bool] | None = None  # ... in the other run
        self.stop = stop or threading.Event()
        self.answered = 0
        self._in_flight: dict[str, Future] = {}  # key -> its answer: no key is called twice at the same time
        self._damaged: set[str] = set()  # keys of calls whose record is written over
        self._guard, self._checking, self._checked = threading.Lock(), threading.Lock(), False

    def look_once(self) -> None:
        """Find out now, once, which keys are in the store and in the other run: in a bucket one listing tells."""
        self.there = self.pictures.there = self.store.index()
        self._theirs = self.reuse.index() if self.reuse is not None else None

    def model(
        self,
        model: Any,
        role: Role,
        *,
        meter: Meter | None = None,
        argument: str = "",
        rubric: Rubric | None = None,
        max_batch: int = 8,
    ) -> "Journaled":
        """A model behind this journal, for one sample.

        meter      is told what each call cost, under `argument`, and its key
        rubric     what a judge is asked; an answer to anything else is refused
        max_batch  calls that reach a model together that is not behind a worker of its own
        """
        journaled = Journaled(self, model, role, meter=meter or Meter(), argument=argument or role.name, rubric=rubric)
        journaled.max_batch = max_batch
        return journaled

    def answers(
        self, questions: Sequence[dict[str, Any]], *, ask: Ask, keep: Keep, open_answer: "OpenAnswer", portion: int
    ) -> list[Answered]:
        """The answer to each question; those that no record answers are asked together, each kept as soon as answered.

        ask          numbers of questions -> futures of their Answers
        keep         number of a question and its answer -> what is recorded of it, and its pictures by digest
        open_answer  what was recorded, and a way to open pictures -> the answer again
        portion      how many are asked at once
        raises the first error, after all the others were kept
        """
        keys = [content_key(question) for question in questions]
        with self._guard:
            mine: dict[str, int] = {}
            for number, key in enumerate(keys):
                if key not in self._in_flight:
                    mine.setdefault(key, number)
            self._in_flight |= {key: Future() for key in mine}
            claimed = [self._in_flight[key] for key in keys]
        try:
            self._answer(mine, questions, ask=ask, keep=keep, open_answer=open_answer, portion=portion)
        finally:
            with self._guard:
                for key in mine:
                    future = self._in_flight.pop(key)
                    if not future.done():
                        future.set_exception(Stopped("the call was given up"))
        return [future.result() for future in claimed]

    def _answer(
        self,
        mine: dict[str, int],
        questions: Sequence[dict[str, Any]],
        *,
        ask: Ask,
        keep: Keep,
        open_answer: "OpenAnswer",
        portion: int,
    ) -> None:
        """Settle the futures of the keys that are this caller's."""
        unanswered = []
        for key, number in mine.items():
            recorded = self._recorded(key, questions[number], open_answer)
            if recorded is None:
                unanswered.append(key)
            else:
                self._settle(key, recorded)
        for start in range(0, len(unanswered), portion):
            self._may_ask()
            keys = unanswered[start : start + portion]
            key_of = dict(zip(ask([mine[key] for key in keys]), keys, strict=True))
            for done in as_completed(key_of):
                key, number = key_of[done], mine[key_of[done]]
                try:
                    self._settle(key, self._kept(key, questions[number], done, partial(keep, number), open_answer))
                except Exception as error:  # noqa: BLE001  it is the caller's, once the other calls are kept
                    self._in_flight[key].set_exception(error)

    def _settle(self, key: str, answered: Answered) -> None:
        self._in_flight[key].set_result(answered._replace(key=key))
        with self._guard:
            self.answered += 1

    def _may_ask(self) -> None:
        """raises Stopped where a stop was asked for; what the check raises, before anything was asked"""
        with self._checking:
            if self.stop.is_set():
                raise Stopped(STOPPED)
            if not self._checked:
                self.check()
                self._checked = True

    # ---- what was answered before ------------------------------------------------------------------------------------

    def _recorded(self, key: str, question: dict[str, Any], open_answer: "OpenAnswer") -> Answered | None:
        name = call_key(key)
        try:
            data = self.store.read(name) if self.there is None or self.there(name) else None
            if data is None:
                return self._taken_over(key, question, open_answer) if self.reuse is not None else None
            return _opened(_document(data, question), open_answer, self.pictures.open)
        except _UNREADABLE as e:
            self._damaged.add(key)
            _say_unanswered(self.store, name, e)
            return None

    def _taken_over(self, key: str, question: dict[str, Any], open_answer: "OpenAnswer") -> Answered | None:
        """The answer of the other run, copied into this one, its pictures first."""
        name, theirs = call_key(key), KeptPictures(self.reuse)
        try:
            data = self.reuse.read(name) if self._theirs is None or self._theirs(name) else None
            if data is None:
                return None
            document = _document(data, question)
            answered = _opened(document, open_answer, theirs.open)
            for name in document["pictures"]:
                self.pictures.save(theirs.open(name))
        except _UNREADABLE as e:
            _say_unanswered(self.reuse, call_key(key), e)
            return None
        self.store.create(call_key(key), data)
        return answered

    # ---- what is answered now ----------------------------------------------------------------------------------------

    def _kept(
        self, key: str, question: dict[str, Any], done: Future, keep: Callable[[Any], Any], open_answer: "OpenAnswer"
    ) -> Answered:
        """A call recorded before anybody sees its answer. A refusal is an answer too."""
        document, pictures = _recordable(question, done, keep)
        data = to_json(document, indent=1)
        if key in self._damaged:
            self.store.replace(call_key(key), data, self.store.version(call_key(key)))
        elif not self.store.create(call_key(key), data):  # another process was first: its answer stands
            first, version = self.store.read_version(call_key(key)) or (b"", None)
            try:
                return _opened(_document(first, question), open_answer, self.pictures.open)
            except _UNREADABLE as e:
                _say_unanswered(self.store, call_key(key), e)
                self.store.replace(call_key(key), data, version)
        return _opened(document, open_answer, pictures.__getitem__)


OpenAnswer = Callable[[Any, Open], Any]


def _recordable(
    question: dict[str, Any], done: Future, keep: Callable[[Any], Any]
) -> tuple[dict[str, Any], dict[str, Image.Image]]:
    """(a call's document, the pictures of its answer by digest)

    raises   ModelFailed where the model broke
    """
    name, role = question["model"]["name"], question["role"]
    try:
        answer: Answer = done.result()
    except Refused as refusal:
        refused = {"reason": refusal.reason, "message": outside(str(refusal))}
        return {**question, "refused": refused, "pictures": [], "spent": Spent(calls=1).model_dump(mode="json")}, {}
    except (BadInput, ModelFailed) as e:  # bad input: this call is not for this model; another may be
        raise ModelFailed(outside(str(e) if isinstance(e, ModelFailed) else f"{name}: {e}")) from e
    except TryonError:
        raise
    except Exception as error:
        raise ModelFailed(f"{name} broke as {role}: {type(error).__name__}: {outside(str(error))}") from error
    try:
        kept, pictures = keep(answer.value)
        canonical(kept)
    except TryonError:
        raise
    except _NO_ANSWER as e:
        what = outside(f"{type(e).__name__}: {e}")
        raise ModelFailed(f"{name} answered as {role} with what is no answer of that role ({what})") from e
    return {**question, **kept, "spent": answer.spent.model_dump(mode="json")}, pictures


def _document(data: bytes, question: dict[str, Any]) -> dict[str, Any]:
    """A recorded call; raises ValueError, KeyError or TypeError where it is damaged or answers another question"""
    document = json.loads(data)
    if canonical({name: document[name] for name in question}) != canonical(question):
        raise ValueError("it answers another question")
    return document


def _opened(document: dict[str, Any], open_answer: OpenAnswer, open_picture: Open) -> Answered:
    spent = Spent.model_validate(document["spent"])
    if "refused" in document:
        refused = document["refused"]
        return Answered(None, spent, Refused(str(refused["reason"]), str(refused["message"])))
    return Answered(open_answer(document["answer"], open_picture), spent)


def _say_unanswered(store: Store, key: str, error: Exception) -> None:
    why = one_line(str(error))[:200]
    logging.getLogger(__name__).warning(f"{store.url}/{key} cannot be used ({why}); the call is made again")


class Journaled:
    """A model of any role behind a journal, for one sample.

    Asking the same question again within a sample is a repeat with an answer of its own, where the role says so.
    """

    max_batch = 8

    def __init__(self, journal: Journal, model: Any, role: Role, *, meter: Meter, argument: str, rubric: Rubric | None):
        self.journal, self.model, self.role, self.meter, self.argument = journal, model, role, meter, argument
        self.rubric, self.card = rubric if role.name == "judge" else None, card_of(model)
        self._asked: Counter[str] = Counter()
        itself = model.model if hasattr(model, "submit_all") else model  # also behind a worker it knows what it knows
        for name in _MAY_HAVE:
            if hasattr(itself, name):
                setattr(self, name, getattr(itself, name))

    def __call__(self, *call: Any) -> Any:
        return self.all([call])[0]

    def all(self, calls: Sequence[tuple]) -> list[Any]:
        """Several calls of this sample together: they reach the device as one batch, and each is kept by itself.

        raises  Refused for the first call that was refused, after the others were kept
        """
        calls = [tuple(call) for call in calls]
        answered = self.journal.answers(
            [self._question(call) for call in calls],
            ask=lambda numbers: self._submitted([calls[number] for number in numbers]),
            keep=lambda number, answer: self._kept(calls[number], answer),
            open_answer=self._opened,
            portion=self._portion(),
        )
        for one in answered:
            self.meter.add(self.argument, one.spent, one.key)
        for one in answered:
            if one.refusal is not None:
                raise one.refusal
        return [one.value for one in answered]

    def _portion(self) -> int:
        """How many calls are handed over together: a worker makes batches itself; a model may take one at a time."""
        if hasattr(self.model, "submit_all"):
            return MANY
        return self.max_batch if hasattr(self.model, "batch") or hasattr(self.model, "metered") else 1

    def _submitted(self, calls: list[tuple]) -> list[Future]:
        submit_all = getattr(self.model, "submit_all", None)
        return submit_all(calls) if submit_all else submitted(self.model, calls)

    def _question(self, call: tuple) -> dict[str, Any]:
        """All that the answer depends on, as JSON."""
        question = {"role": self.role.name, "model": self.card.model_dump(mode="json")}
        question |= self.role.question(digest, *call)
        if self.rubric is not None:
            asked = getattr(self, "asked", None)
            question |= {"asked": asked(call[0])} if asked else {"rubric": self.rubric.as_json()}
        if self.role.repeats:
            key = content_key(question)
            question["repeat"] = self._asked[key]
            self._asked[key] += 1
        return question

    def _kept(self, call: tuple, answer: Any) -> tuple[dict[str, Any], dict[str, Image.Image]]:
        """What is recorded of an answer, and its pictures; those of the call and of the answer are kept first."""
        if self.rubric is not None:
            self.rubric.check(answer)
        pictures: dict[str, Image.Image] = {}

        def save(picture: Image.Image) -> str:
            if not isinstance(picture, Image.Image) or picture.mode not in _MODES or 0 in picture.size:
                raise TypeError(f"no picture: {shortened(repr(picture))}")
            name = self.journal.pictures.save(picture)
            pictures[name] = picture
            return name

        self.role.question(save, *call)
        kept = scrubbed_json(self.role.keep(answer, save))
        return {"answer": kept, "pictures": list(pictures)}, pictures

    def _opened(self, kept: Any, open_picture: Open) -> Any:
        """raises what damaged JSON raises where it is no answer of this role, or of another rubric"""
        answer = self.role.open(kept, open_picture)
        if self.rubric is not None:
            self.rubric.check(answer)
        return answer
