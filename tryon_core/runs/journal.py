"""Never lose a model call, never repeat one, of any role: what was answered is answered from the record.

Each call has a content key (role, model, revision, settings, question, digests of decoded pictures, noise recipe,
repeat index); an answer is written before it is used. Running again after a kill replays what was finished, for every
flow, with no code in the flow. At temperature above 0 the first recorded answer stands.

    calls/<key>.json       one answered call            pictures/<digest>.png   each picture once
"""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import asdict
from typing import Any

from PIL import Image

from ..errors import ModelFailed, Refused, Stopped, StorageError, TryonError
from ..images import digest, from_png, to_png
from ..records import canonical
from ..roles import Answer, Role, card_of
from ..rubrics.rules import Rubric
from ..steps import Spent
from ..storage.store import Store
from .batching import submitted
from .walk import Meter

STOPPED = "a stop was asked for; everything finished is recorded, run the same command again to go on"
MANY = 1_000_000  # calls that a worker takes at once: it makes batches itself
_MAY_HAVE = (
    "fits",
    "draws_alike",
    "reads",
    "tools",
    "asked",
    "keeps_frame",
)  # what flows may ask of a model beside calling it


class Journal:
    """Answers model calls from `store`, else from `reuse` (another run), else from the model.

    stop      set it, and calls in flight finish and are recorded; the next unanswered call raises Stopped
    answered  called with 1 for each call that was answered, whoever answered it
    """

    def __init__(self, store: Store, reuse: Store | None = None, stop: threading.Event | None = None):
        self.store, self.reuse = store, reuse
        self.stop = stop or threading.Event()
        self.answered: Callable[[int], None] = lambda count: None
        self._in_flight: dict[str, Future] = {}  # key -> its document: no key is called twice at the same time
        self._kept: set[str] = set()  # digests of pictures that are in the store
        self._guard = threading.Lock()

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

        meter      is told what each call cost, under `argument`
        rubric     what a judge is asked; an answer to anything else is refused
        max_batch  calls that reach a model together that is not behind a worker of its own
        """
        journaled = Journaled(self, model, role, meter=meter or Meter(), argument=argument or role.name, rubric=rubric)
        journaled.max_batch = max_batch
        return journaled

    # ---- pictures ----------------------------------------------------------------------------------------------------

    def save_picture(self, picture: Image.Image) -> str:
        """Keep a picture once, under the digest of its pixels."""
        name = digest(picture)
        if name not in self._kept:
            self.store.create(picture_key(name), to_png(picture))
            self._kept.add(name)
        return name

    def open_picture(self, name: str, store: Store | None = None) -> Image.Image:
        store = store or self.store
        data = store.read(picture_key(name))
        if data is None:
            raise StorageError(f"{store.url}/{picture_key(name)} is missing; a run's folder must be kept whole")
        return from_png(data)

    # ---- calls -------------------------------------------------------------------------------------------------------

    def documents(
        self, questions: Sequence[dict[str, Any]], ask: "Ask", keep: "Keep", portion: int
    ) -> list[dict[str, Any]]:
        """The recorded call of each question; those without one are asked together, each kept as soon as answered.

        ask      numbers of questions -> futures of their Answers
        keep     number of a question and its answer -> what is recorded of it
        portion  how many are asked at once
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
            self._answer(mine, questions, ask, keep, portion)
        finally:
            with self._guard:
                for key in mine:
                    future = self._in_flight.pop(key)
                    if not future.done():
                        future.set_exception(Stopped("the call was given up"))
        return [future.result() for future in claimed]

    def _answer(
        self, mine: dict[str, int], questions: Sequence[dict[str, Any]], ask: "Ask", keep: "Keep", portion: int
    ) -> None:
        """Settle the futures of the keys that are this caller's."""
        unanswered = []
        for key in mine:
            if (document := self._recorded(key)) is None:
                unanswered.append(key)
            else:
                self._settle(key, document)
        for start in range(0, len(unanswered), portion):
            if self.stop.is_set():
                raise Stopped(STOPPED)
            keys = unanswered[start : start + portion]
            key_of = dict(zip(ask([mine[key] for key in keys]), keys, strict=True))
            for done in as_completed(key_of):
                self._keep(key_of[done], mine[key_of[done]], questions, done, keep)

    def _keep(self, key: str, number: int, questions: Sequence[dict[str, Any]], done: Future, keep: "Keep") -> None:
        try:
            self._settle(key, self._written(key, questions[number], done, lambda answer: keep(number, answer)))
        except Exception as error:  # noqa: BLE001  it is the caller's, once the other calls are kept
            self._in_flight[key].set_exception(error)

    def _settle(self, key: str, document: dict[str, Any]) -> None:
        self._in_flight[key].set_result(document)
        self.answered(1)

    def _recorded(self, key: str) -> dict[str, Any] | None:
        found = self.store.read(call_key(key))
        if found is None and self.reuse is not None:
            found = self.reuse.read(call_key(key))
            if found is not None:
                self._adopt(key, found)
        return None if found is None else json.loads(found)

    def _adopt(self, key: str, found: bytes) -> None:
        """Copy an answered call of another run into this one, its pictures first."""
        for name in json.loads(found)["pictures"]:
            if name not in self._kept:
                self.save_picture(self.open_picture(name, self.reuse))
        self.store.create(call_key(key), found)

    def _written(self, key: str, question: dict, done: Future, keep: Callable[[Any], dict]) -> dict[str, Any]:
        """A call's document, recorded before anybody sees it. A refusal is an answer too."""
        try:
            answer: Answer = done.result()
            document = {**question, **keep(answer.value), "spent": answer.spent.model_dump(mode="json")}
        except Refused as refusal:
            refused = {"reason": refusal.reason, "message": str(refusal)}
            document = {**question, "refused": refused, "pictures": [], "spent": Spent(calls=1).model_dump(mode="json")}
        except TryonError:
            raise
        except Exception as error:
            if done.exception() is not error:
                raise  # our own code broke, not the model
            raise ModelFailed(
                f"{question['model']['name']} broke as {question['role']}: {type(error).__name__}: {error}"
            ) from error
        if not self.store.create(call_key(key), json.dumps(document, indent=1, ensure_ascii=False).encode()):
            return json.loads(self.store.read(call_key(key)) or b"")  # another process was first: its answer stands
        return document


Ask = Callable[[Sequence[int]], list[Future]]
Keep = Callable[[int, Any], dict[str, Any]]


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
        documents = self.journal.documents(
            [self._question(call) for call in calls],
            ask=lambda numbers: self._submitted([calls[number] for number in numbers]),
            keep=lambda number, answer: self._kept(calls[number], answer),
            portion=self._portion(),
        )
        for document in documents:
            self.meter.add(self.argument, Spent.model_validate(document["spent"]))
        return [self._opened(document) for document in documents]

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
            question |= {"asked": asked(call[0])} if asked else {"rubric": asdict(self.rubric)}
        if self.role.repeats:
            key = content_key(question)
            question["repeat"] = self._asked[key]
            self._asked[key] += 1
        return question

    def _kept(self, call: tuple, answer: Any) -> dict[str, Any]:
        """What is recorded of an answer; the pictures of the call and of the answer are kept first."""
        if self.rubric is not None:
            self.rubric.check(answer)
        pictures: dict[str, None] = {}

        def save(picture: Image.Image) -> str:
            name = self.journal.save_picture(picture)
            pictures[name] = None
            return name

        self.role.question(save, *call)
        return {"answer": self.role.keep(answer, save), "pictures": list(pictures)}

    def _opened(self, document: dict[str, Any]) -> Any:
        if "refused" in document:
            raise Refused(document["refused"]["reason"], document["refused"]["message"])
        return self.role.open(document["answer"], self.journal.open_picture)


def content_key(identity: dict[str, Any]) -> str:
    """Hex SHA-256 of the canonical JSON of everything an answer depends on."""
    return hashlib.sha256(canonical(identity).encode()).hexdigest()


def call_key(key: str) -> str:
    return f"calls/{key}.json"


def picture_key(name: str) -> str:
    return f"pictures/{name}.png"


def record_key(sample_id: str) -> str:
    return f"records/{sample_id}.json"


def branch_key(sample_id: str, name: str) -> str:
    return f"branches/{sample_id}/{name}.json"
