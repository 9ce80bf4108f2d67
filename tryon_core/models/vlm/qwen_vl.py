"""Qwen3-VL judges in process: JSON that is true to its schema, several samples in one batch."""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from PIL import Image

from ...errors import BadInput
from ...images import digest
from ...records import Judgement, ModelCard, Sample
from ...roles import Answer
from ...rubrics.rules import Rubric
from ...rubrics.shipped import RUBRICS
from ...steps import Spent
from ..device.cache import Kept, samples_kept, say_what_fits, tensor_bytes
from ..device.memory import token_keys
from ..device.options import DeviceOptions
from ..diffusion.latent_frame import MAX_PIXELS
from .asking import (
    LEAST_PIXELS,
    asked_of,
    check_shows,
    count_pictures,
    instructions,
    pictures,
    shared_of,
    wish_of,
)
from .qwen_decode import Digits, ExpectedScores, Grammars, write
from .qwen_loading import load_qwen
from .qwen_question import Question, Reading, as_question, judged_tokens, read_given
from .qwen_sampling import Sampling
from .qwen_writer import QwenWriter
from .reply import check_temperature, check_whole, expecting, judgement_in, reply_model

MAX_NEW_TOKENS = 900  # seven findings at their longest are about 700
SCORES = ("written", "expected")
DEFAULTS = DeviceOptions()


class Reply(NamedTuple):
    """What a model wrote to one question.

    expected  expected score by constraint; none with scores='written'
    cut_off   it used up its tokens
    tokens    of the question, whether read or kept, and of the reply
    """

    text: str
    expected: dict[str, float]
    cut_off: bool
    tokens: int


class QwenVL:
    """Asks a Qwen-VL model about one picture or many; greedy, so the same question gets the same answer, unless it is
    given a temperature.

    What stands before the candidate is read once per sample: its keys and values are kept for its later attempts.

    scores          'written': the digits it writes; 'expected': their expected value (qwen_decode.ExpectedScores). It
                    writes its findings either way by the digits, so an expected score may miss the bar without one
    max_pixels      a picture with more is shown smaller
    max_new_tokens  a reply is cut off there; what was whole of it counts
    temperature     over 0 its words are drawn anew at every call, so that a repeat can differ
    keep_gib        how much may be kept, on the model's device, in GiB
    spill_gib       how much of what that has no room for may be kept in the host's memory, in GiB
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        card: ModelCard,
        rubric: Rubric,
        *,
        scores: str = "written",
        max_pixels: int = MAX_PIXELS,
        max_new_tokens: int = MAX_NEW_TOKENS,
        temperature: float = 0.0,
        keep_gib: float = 4.0,
        spill_gib: float = 0.0,
    ):
        check_shows(rubric)
        self.model, self.processor, self.card, self.rubric = model, processor, card, rubric
        self.max_pixels, self.max_new_tokens = max_pixels, max_new_tokens
        self.sampling = Sampling(temperature=temperature)
        self.given = Kept(int(keep_gib * 2**30), tensor_bytes, spill_bytes=int(spill_gib * 2**30))
        self.grammars = Grammars(model, processor.tokenizer)
        self.grammar = self.grammars.of(reply_model(rubric))
        self.digits = Digits(card.name, self.grammars) if scores == "expected" else None
        self.lock = threading.Lock()  # one batch at a time: the writer asks the same weights from another thread

    @property
    def varies(self) -> bool:
        """Whether a repeat can differ."""
        return self.sampling.varies

    @property
    def samples_kept(self) -> int | None:
        """How many samples in turn find what was read of them again; None where it is not kept."""
        return samples_kept((self.given, self.given_bytes))

    @cached_property
    def given_bytes(self) -> int:
        """At most how many bytes are kept of a sample that has all pictures of the rubric."""
        given, _ = judged_tokens(self.processor, self.rubric, max_pixels=self.max_pixels, max_new_tokens=1)
        return given * token_keys(self.model.config.get_text_config().to_dict()) * self.model.dtype.itemsize

    def hit_rates(self) -> dict[str, tuple[int, int]]:
        """Name of what is kept -> (how often it was found, how often it was asked for)."""
        return {"the judge's given pictures": self.given.found}

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        """Judge one picture; what cannot be read is unscored with the reason, and the reply is kept."""
        return self.metered([(sample, image)])[0].value

    def asked(self, sample: Sample) -> str:
        """Every word that it reads about a sample, and the schema of its reply."""
        return asked_of(self.rubric, sample)

    def metered(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Answer]:
        """One judgement per call; calls whose shared part has the same length are decoded together."""
        with self.lock:
            start = time.perf_counter()
            replies = self._written(calls)
            share_s = (time.perf_counter() - start) / max(len(calls), 1)
        return [Answer(self._read(reply), Spent(calls=1, seconds=share_s, tokens=reply.tokens)) for reply in replies]

    def replies(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[str]:
        """What the model writes, JSON of the reply's schema unless it was cut off."""
        return [reply.text for reply in self.written(calls)]

    def written(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Reply]:
        """What the model writes, before it is read as a judgement."""
        with self.lock:
            return self._written(calls)

    def _written(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Reply]:
        import torch

        with torch.inference_mode():
            questions = [self._question(*call) for call in calls]
            buckets: defaultdict[int, list[int]] = defaultdict(list)
            for number, question in enumerate(questions):
                buckets[question.start].append(number)
            replies: dict[int, Reply] = {}
            for numbers in buckets.values():
                replies |= dict(zip(numbers, self._decoded([questions[number] for number in numbers]), strict=True))
        return [replies[number] for number in range(len(calls))]

    @cached_property
    def writer(self) -> QwenWriter:
        """The same model, asked to write."""
        return QwenWriter(self.model, self.processor, self.card, self.grammars, self.lock, max_pixels=self.max_pixels)

    def content(self, sample: Sample, image: Image.Image) -> list[dict]:
        """The rubric's words, its pictures in order, then the wish."""
        words = instructions(self.rubric, sample.images)
        shown = pictures(sample, image, self.rubric, self.max_pixels)
        return [_text(words), *({"type": "image", "image": picture} for picture in shown), _text(wish_of(sample))]

    def conversation(self, sample: Sample, image: Image.Image) -> list[dict]:
        """As the library's chat templates take it."""
        return [{"role": "user", "content": self.content(sample, image)}]

    def _question(self, sample: Sample, image: Image.Image) -> Question:
        content, shared = self.content(sample, image), shared_of(self.rubric, sample.images)
        key = (content[0]["text"], *(digest(sample.images[shown.role]) for shown in shared))
        return as_question(self.model, self.processor, content, given=count_pictures(shared), key=key)

    def _decoded(self, questions: Sequence[Question]) -> list[Reply]:
        """Replies under the grammar, to questions whose shared parts have the same length."""
        given = [
            self.given.get(question.key, lambda question=question: read_given(self.model, question))
            for question in questions
        ]
        reading = Reading(self.model, questions, given)
        watch = ExpectedScores(self.digits, self.rubric.keys, len(questions)) if self.digits else None
        rows = write(
            reading,
            self.grammar,
            stop=self.grammars.stop,
            max_new_tokens=self.max_new_tokens,
            watch=watch,
            choose=self.sampling.choice(self.model.device, range(len(questions))),
        )
        texts = self.processor.tokenizer.batch_decode(rows, skip_special_tokens=True)
        values = watch.values if watch else [{}] * len(texts)
        return [
            Reply(text, expected, len(row) == self.max_new_tokens, question.ids_1T.shape[1] + len(row))
            for text, expected, row, question in zip(texts, values, rows, questions, strict=True)
        ]

    def _read(self, reply: Reply) -> Judgement:
        cut_off = f"the reply was cut off at {self.max_new_tokens} tokens" if reply.cut_off else ""
        judgement = judgement_in(reply.text, self.rubric, cut_off)
        return expecting(judgement, reply.expected, self.rubric.rule.accept_at)


def _text(words: str) -> dict:
    return {"type": "text", "text": words}


def build(
    name: str,
    *,
    rubric: Rubric = RUBRICS["default"],
    options: DeviceOptions = DEFAULTS,
    scores: str = "written",
    max_pixels: int = MAX_PIXELS,
    max_new_tokens: int = MAX_NEW_TOKENS,
    temperature: float = 0.0,
) -> QwenVL:
    """A Qwen3-VL judge on a device.

    options  where its weights are and how they are held; attention is 'sdpa', 'eager' or 'flash_attention_2'
    scores, max_pixels, max_new_tokens, temperature  as for QwenVL
    raises   MissingWeights; BadInput
    """
    if scores not in SCORES:
        raise BadInput(f"scores of {name} are {' or '.join(SCORES)}, got {scores!r}")
    check_shows(rubric)
    check_whole(name, "max_pixels", max_pixels, LEAST_PIXELS)
    check_whole(name, "max_new_tokens", max_new_tokens, 1)
    check_temperature(name, temperature)
    limits = {"max_pixels": max_pixels, "max_new_tokens": max_new_tokens}
    loaded = load_qwen(name, options, lambda processor: judged_tokens(processor, rubric, **limits))
    settings = {"scores": scores, **limits} | ({"temperature": temperature} if temperature else {})
    room = {"keep_gib": loaded.plan.keep_bytes / 2**30, "spill_gib": options.spill_gib}
    judge = QwenVL(loaded.model, loaded.processor, loaded.card(**settings), rubric, **settings, **room)
    say_what_fits(name, judge.given, judge.given_bytes, options.at_once)
    return judge
