"""Moondream's HTTP interface, asked one question about one picture at a time, through the guarded fetcher.

Its own client library (`pip install moondream`) brings torch and CUDA along; what it posts is this: {image_url,
question} to /query, the key as the header X-Moondream-Auth.
"""

import base64
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from ....images import to_jpeg
from ....outages import Passing
from ....storage.fetcher import NoAnswer, Posted, post_json
from ....storage.loopback import is_loopback
from ..serving.asked_server import CHECK_PX, through_outages
from ..serving.server_troubles import Trouble, document, error_in_200, outside, refused

CLOUD = "https://api.moondream.ai/v1"
LOCAL = "http://localhost:2020/v1"  # where Moondream Station listens
KEY = "MOONDREAM_API_KEY"
MAX_BYTES = 1 << 20  # of an answer, which is a line of text
QUALITY = 95  # of JPEG, as Moondream's own client sends pictures
CHECK_WORDS = "Is a picture shown? Answer yes or no."
_EXPECTED = "which is no answer of Moondream's /query; is endpoint right?"


@dataclass(frozen=True)
class MoondreamServer:
    """Where Moondream is asked.

    url    in front of /query
    model  of the server's several, '' for its own choice
    gate   lets as many questions through as may be open at once
    lacks  what it needs before it can be asked, as a sentence's end; '' for nothing
    """

    url: str
    key: str = field(repr=False)
    model: str
    temperature: float
    timeout_s: float
    gate: AbstractContextManager = field(repr=False)
    lacks: str = ""

    def ask(self, question: str, picture: Image.Image) -> str:
        """The answer in words; an outage is waited through.

        raises   ModelFailed where the server cannot be reached or answers with an error, or with no words; BadInput for
                 an address that is neither public nor named as this machine
        """
        return through_outages("moondream", self.url, partial(self._asked, question, picture))

    def check(self) -> None:
        """One tiny question about a tiny picture. raises as `ask`"""
        self.ask(CHECK_WORDS, Image.new("RGB", (CHECK_PX, CHECK_PX), "grey"))

    def _asked(self, question: str, picture: Image.Image) -> str:
        if self.lacks:
            raise Trouble(self.lacks)
        answer = self._posted(question, picture)
        if answer.status != 200:
            raise refused(answer.status, answer.headers, answer.text, _hint)
        return _words_in(answer.text)

    def _posted(self, question: str, picture: Image.Image) -> Posted:
        data = base64.b64encode(to_jpeg(picture, QUALITY)).decode()
        body: dict[str, Any] = {
            "image_url": f"data:image/jpeg;base64,{data}",
            "question": question,
            "stream": False,
            "settings": {"temperature": self.temperature},
            **({"model": self.model} if self.model else {}),
        }
        try:
            with self.gate:
                return post_json(
                    f"{self.url}/query",
                    body,
                    headers={"X-Moondream-Auth": self.key} if self.key else {},
                    max_bytes=MAX_BYTES,
                    timeout_s=self.timeout_s,
                    allow_private=is_loopback(urlsplit(self.url).hostname or ""),
                )
        except NoAnswer as e:  # from None: a traceback would show the question's headers, and the key
            passing = Passing("cannot be asked") if e.passing else None
            raise Trouble(f"cannot be asked: {e}", passing) from None


def _words_in(body: str) -> str:
    """The answer of a reply with status 200. raises Trouble for what is none"""
    reply = document(body, _EXPECTED)
    if reply.get("error") and "answer" not in reply:
        raise error_in_200(reply["error"])
    if not isinstance(reply.get("answer"), str):
        raise Trouble(f"gave no words as its answer, {_EXPECTED}")
    return outside(reply["answer"])


def _hint(status: int, words: str) -> str:
    """What to do about a status, '' where nothing is known."""
    if status in (401, 403):
        return f"set {KEY} to a key that it takes"
    if status in (404, 405):
        return f"see that endpoint is right, such as {CLOUD} or {LOCAL}, and model is one that it has"
    return "give a smaller max_pixels" if status == 413 else ""
