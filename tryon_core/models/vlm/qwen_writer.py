"""The judge's own model as a writer: it answers a question about pictures in words, as JSON of one field."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...records import ModelCard
from ...roles import Answer
from ...steps import Spent
from .qwen_asker import QwenAsker
from .qwen_decode import Grammars
from .reply import Written, writer_card

WRITTEN_TOKENS = 600  # 1,200 characters of English are about 300


class QwenWriter:
    """Writes {"prompt": "..."}; greedy, so the same question gets the same answer.

    lock            of the model: it answers one batch at a time, the judge's or the writer's
    max_new_tokens  an answer is cut off there, and then is no whole JSON
    max_pixels      a picture with more is shown smaller
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        card: ModelCard,
        grammars: Grammars,
        lock: threading.Lock,
        *,
        max_pixels: int,
        max_new_tokens: int = WRITTEN_TOKENS,
    ):
        self.model, self.lock = model, lock
        self.card = writer_card(card, max_new_tokens=max_new_tokens)
        self.asker = QwenAsker(model, processor, grammars, max_pixels=max_pixels, max_new_tokens=max_new_tokens)
        self.grammar = grammars.of(Written)

    def __call__(self, question: str, images: Sequence[Image.Image]) -> str:
        """The answer as the model wrote it."""
        return self.metered([(question, images)])[0].value

    def metered(self, calls: Sequence[tuple[str, Sequence[Image.Image]]]) -> list[Answer]:
        """One answer per call; the questions may show different numbers of pictures.

        Half of them are decoded at a time: a question of three pictures and a history, nothing of it kept, is about
        twice what is read of a judge's, and memory is planned for a batch of those.
        """
        half = max(1, (len(calls) + 1) // 2)
        with self.lock:
            start_s = time.perf_counter()
            halves = [self._decoded(calls[start : start + half]) for start in range(0, len(calls), half)]
            share_s = (time.perf_counter() - start_s) / max(len(calls), 1)
        answers = [answer for decoded in halves for answer in decoded]
        return [Answer(text, Spent(calls=1, seconds=share_s, tokens=tokens)) for text, tokens in answers]

    def _decoded(self, calls: Sequence[tuple[str, Sequence[Image.Image]]]) -> list[tuple[str, int]]:
        """(text, tokens of the question and of the text)"""
        replies = self.asker.replies([[*images, question] for question, images in calls], self.grammar)
        return [(reply.text, reply.tokens.total) for (reply,) in replies]
