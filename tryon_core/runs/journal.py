"""Never lose a model call, never repeat one: calls answered before are answered from the record.

`Journal` wraps models. Each call has a content key (model, revision, settings, request, digests of decoded pictures,
noise recipe, rubric, repeat index); an answer is written before it is used. Running again after a kill replays what was
finished, for every flow, with no code in the flow. At temperature above 0 the first recorded answer stands.

    calls/<key>.json       one answered call            pictures/<digest>.png   each picture once
"""

import hashlib
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image

from ..rubrics.rules import Rubric
from ..errors import ModelFailed, Refused, Stopped, StorageError, TryonError
from ..images import digest, from_png, to_png
from ..roles import Generator, Judge, Writer, card_of, timed
from ..records import EditRequest, Judgement, Sample, canonical
from ..storage.store import Store


class Journal:
    """Answers model calls from `store`, else from `reuse` (another run), else from the model.

    stop   set it, and calls in flight finish and are recorded; the next unanswered call raises Stopped
    """

    def __init__(self, store: Store, reuse: Store | None = None, stop: threading.Event | None = None):
        self.store, self.reuse = store, reuse
        self.stop = stop or threading.Event()
        self._one_at_a_time: defaultdict[str, threading.Lock] = defaultdict(
            threading.Lock
        )  # a key is never called twice
        self._guard = threading.Lock()

    def generator(self, model: Generator) -> Generator:
        return _Drawn(self, model)

    def judge(self, model: Judge, rubric: Rubric) -> Judge:
        """One per sample: asking the same question again within a sample is a repeat and gets an answer of its own."""
        return _Judged(self, model, rubric)

    def writer(self, model: Writer) -> Writer:
        """Asking the same again gets the first answer."""
        return _Written(self, model)

    # ---- pictures ----------------------------------------------------------------------------------------------------

    def save_picture(self, picture: Image.Image) -> str:
        """Keep a picture once, under the digest of its pixels."""
        name = digest(picture)
        self.store.create(picture_key(name), to_png(picture))
        return name

    def open_picture(self, name: str, store: Store | None = None) -> Image.Image:
        store = store or self.store
        data = store.read(picture_key(name))
        if data is None:
            raise StorageError(f"{store.url}/{picture_key(name)} is missing; a run's folder must be kept whole")
        return from_png(data)

    # ---- calls -------------------------------------------------------------------------------------------------------

    def answer(
        self,
        identity: dict[str, Any],
        call: Callable[[], tuple[Any, float]],
        pack: Callable[[Any], dict],
        unpack: Callable[[dict], Any],
    ) -> tuple[Any, float]:
        """(answer, seconds of the call when it was made). A refusal is an answer too and is raised again."""
        key = content_key(identity)
        with self._guard:
            mine = self._one_at_a_time[key]
        with mine:
            document = self._recorded(key) or self._called(key, identity, call, pack)
        if "refused" in document:
            raise Refused(document["refused"]["reason"], document["refused"]["message"])
        return unpack(document["answer"]), document["seconds"]

    def _recorded(self, key: str) -> dict | None:
        found = self.store.read(call_key(key))
        if found is None and self.reuse is not None:
            found = self.reuse.read(call_key(key))
            if found is not None:
                self._adopt(key, found)
        return None if found is None else json.loads(found)

    def _adopt(self, key: str, found: bytes) -> None:
        """Copy an answered call of another run into this one, its pictures first."""
        call = json.loads(found)
        told = call.get("request", {})
        for name in (call.get("answer", {}).get("picture"), told.get("mask"), told.get("control")):
            if name:
                self.save_picture(self.open_picture(name, self.reuse))
        self.store.create(call_key(key), found)

    def _called(
        self, key: str, identity: dict, call: Callable[[], tuple[Any, float]], pack: Callable[[Any], dict]
    ) -> dict:
        if self.stop.is_set():
            raise Stopped("a stop was asked for; everything finished is recorded, run the same command again to go on")
        try:
            answer, seconds = self._guarded(identity, call)
            document = {**identity, "answer": pack(answer), "seconds": seconds}
        except Refused as refusal:
            document = {**identity, "refused": {"reason": refusal.reason, "message": str(refusal)}, "seconds": 0.0}
        if not self.store.create(call_key(key), json.dumps(document, indent=1, ensure_ascii=False).encode()):
            return json.loads(self.store.read(call_key(key)))  # another process was first: its answer stands
        return document

    def _guarded(self, identity: dict, call: Callable[[], tuple[Any, float]]) -> tuple[Any, float]:
        try:
            return call()
        except TryonError:
            raise
        except Exception as error:
            raise ModelFailed(
                f"{identity['model']['name']} broke while it had to {identity['kind']}: {type(error).__name__}: {error}"
            ) from error


class _Drawn:
    """A generator behind a journal."""

    def __init__(self, journal: Journal, model: Generator):
        self.journal, self.model, self.card = journal, model, card_of(model)
        self.fits = getattr(model, "fits", None)

    def __call__(self, request: EditRequest) -> Image.Image:
        return self.timed(request)[0]

    def timed(self, request: EditRequest) -> tuple[Image.Image, float]:
        identity = {"kind": "draw", "model": self.card.model_dump(mode="json"), "request": request.record()}
        return self.journal.answer(
            identity,
            lambda: timed(self.model, request),
            pack=lambda image: self._kept(request, image),
            unpack=lambda answer: self.journal.open_picture(answer["picture"]),
        )

    def _kept(self, request: EditRequest, image: Image.Image) -> dict[str, str]:
        """What was drawn, and beside it what only the request holds: the sample's own pictures are kept already."""
        for given in (request.mask, request.control):
            if given is not None:
                self.journal.save_picture(given)
        return {"picture": self.journal.save_picture(image)}


class _Judged:
    """A judge behind a journal, for one sample."""

    def __init__(self, journal: Journal, model: Judge, rubric: Rubric):
        self.journal, self.model, self.card, self.rubric = journal, model, card_of(model), rubric
        self._asked: Counter[str] = Counter()

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        return self.timed(sample, image)[0]

    def timed(self, sample: Sample, image: Image.Image) -> tuple[Judgement, float]:
        identity = {
            "kind": "judge",
            "model": self.card.model_dump(mode="json"),
            "rubric": [[c.key, c.tier, c.asks, c.measured] for c in self.rubric.constraints],
            "wish": sample.wish,
            "images": {role: digest(picture) for role, picture in sample.images.items()},
            "image": digest(image),
        }
        question = content_key(identity)
        identity["repeat"] = self._asked[question]
        self._asked[question] += 1
        return self.journal.answer(
            identity,
            lambda: self._ask(sample, image),
            pack=lambda judgement: {"judgement": judgement.model_dump(mode="json")},
            unpack=lambda answer: Judgement.model_validate(answer["judgement"]),
        )

    def _ask(self, sample: Sample, image: Image.Image) -> tuple[Judgement, float]:
        judgement, seconds = timed(self.model, sample, image)
        self.rubric.check(judgement)
        return judgement, seconds


class _Written:
    """A writer behind a journal."""

    def __init__(self, journal: Journal, model: Writer):
        self.journal, self.model, self.card = journal, model, card_of(model)

    def __call__(self, question: str, images: Sequence[Image.Image]) -> str:
        return self.timed(question, images)[0]

    def timed(self, question: str, images: Sequence[Image.Image]) -> tuple[str, float]:
        identity = {
            "kind": "write",
            "model": self.card.model_dump(mode="json"),
            "question": question,
            "images": [digest(picture) for picture in images],
        }
        return self.journal.answer(
            identity,
            lambda: timed(self.model, question, images),
            pack=lambda text: {"text": text},
            unpack=lambda answer: answer["text"],
        )


def content_key(identity: dict[str, Any]) -> str:
    """Hex SHA-256 of the canonical JSON of everything an answer depends on."""
    return hashlib.sha256(canonical(identity).encode()).hexdigest()


def call_key(key: str) -> str:
    return f"calls/{key}.json"


def picture_key(name: str) -> str:
    return f"pictures/{name}.png"
