"""A Qwen-VL model in process, asked questions with one answer each."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from ....errors import BadReply
from ....roles import Answer
from ....steps import Spent
from ..qwen_asker import QwenAsker
from ..serving.server_replies import ServerReply
from .one_answer import Parts, Question, cut_off_at


class LocalAsker:
    """Asks a model that is in memory, one batch at a time."""

    def __init__(self, asker: QwenAsker):
        self.asker, self.max_pixels = asker, asker.max_pixels
        self.lock = threading.Lock()

    @property
    def varies(self) -> bool:
        """Whether a repeat of one question can differ."""
        return self.asker.sampling.varies

    def check_ready(self) -> None:
        """Nothing to ask: its weights are in memory."""

    def metered(self, asked: Sequence[Parts], question: Question) -> list[Answer]:
        """As Asker says."""
        with self.lock:
            start_s = time.perf_counter()
            replies = self.asker.replies(asked, self.asker.grammars.of(question.answer))
            share_s = (time.perf_counter() - start_s) / max(len(asked), 1)
        return [
            Answer(self._read(reply, question), Spent(calls=1, seconds=share_s, tokens=reply.tokens.total))
            for (reply,) in replies
        ]

    def _read(self, reply: ServerReply, question: Question) -> Any:
        try:
            return question.read(reply, cut_off_at(reply, self.asker.max_new_tokens))
        except BadReply as problem:
            return question.unread(str(problem))
