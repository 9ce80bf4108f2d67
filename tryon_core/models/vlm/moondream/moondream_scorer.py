"""`moondream` scores a character task through Moondream's HTTP interface: its cloud, or a server on this machine.

The key comes from MOONDREAM_API_KEY, of the environment or of .env. It counts neither tokens nor money.
"""

import threading
from collections.abc import Mapping, Sequence

from PIL import Image

from ....records import Measurement, ModelCard, Sample
from ....roles import Answer
from ....scales import Metric
from ...diffusion.latent_frame import MAX_PIXELS
from ..asking import LEAST_PIXELS
from ..reply import check_temperature, check_whole
from ..reply_values import MOST
from ..serving.asked_server import metered
from ..serving.server_options import api_key, check_text, check_timeout, checked_address
from ..verifying.one_answer import asking_card, first_of
from . import CLOUD_LICENCE, OWN_LICENCE
from .moondream_questions import TASKS, Asked, number_in, questions, words_of
from .moondream_server import CLOUD, KEY, LOCAL, MoondreamServer

NO_KEY = (
    f"has no key: set {KEY} in the environment or in a file .env, or name your own server, such as endpoint={LOCAL!r}"
)
_SHOWN = {
    "identity": "the character and the result (where the mask covers up to half of it, what lies within a quarter "
    "round the mask) side by side",
    "quality": "the result alone",
    "consistency": "the original and the result side by side, with the wish",
}


class MoondreamScorer:
    """Asks one question each for identity, quality and consistency; many threads may ask at once.

    metrics  identity_moondream, quality_moondream, consistency_moondream: 0-10
    varies   whether a repeat can differ: it is asked without a seed
    """

    def __init__(self, server: MoondreamServer, card: ModelCard, max_pixels: int = MAX_PIXELS):
        self.server, self.max_pixels = server, max_pixels
        self.card = asking_card(card, "\n".join(map(words_of, TASKS)), None)
        self.metrics = tuple(_metric(term, self.card, max_pixels) for term in TASKS)

    @property
    def varies(self) -> bool:
        """Whether a repeat can differ."""
        return self.server.temperature > 0

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """The three numbers of `image`, or the reason where one cannot be had.

        raises   ModelFailed where the server cannot be asked; BadInput for an endpoint that may not be
        """
        return first_of(self.metered, sample, image)

    def metered(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Answer]:
        """One answer per call, all asked at the same time; the questions of a call one behind the other."""
        return metered(lambda sample, image: (self._scores(sample, image), None), calls, None)

    def check_ready(self) -> None:
        """One small question. raises as a call"""
        self.server.check()

    def _scores(self, sample: Sample, image: Image.Image) -> dict[str, Measurement | str]:
        asked = questions(sample, image, self.max_pixels)
        return {name_of(term): self._score(question) for term, question in asked.items()}

    def _score(self, question: Asked | str) -> Measurement | str:
        if isinstance(question, str):
            return question
        number, problem = number_in(self.server.ask(question.words, question.picture))
        return problem if number is None else Measurement(value=number, unit=f"of {MOST}", better="higher")


def build(
    *,
    endpoint: str = "",
    model: str = "",
    max_pixels: int = MAX_PIXELS,
    temperature: float = 0.0,
    timeout_s: float = 60.0,
    concurrency: int = 4,
) -> MoondreamScorer:
    """The scorer `moondream`; nothing is asked yet.

    endpoint     in front of /query: empty for Moondream's cloud; https at port 443, or any address of this machine
    model        of those that the server has; empty: its own choice
    max_pixels   a picture with more, or two side by side, are sent smaller
    temperature  over 0 repeats can differ
    timeout_s    of one whole answer; outages are waited through as outages.py says
    concurrency  questions open at once, at most
    raises       BadInput for an option or a key that cannot be used
    """
    check_text("moondream", "model", model)
    check_text("moondream", "endpoint", endpoint)
    check_whole("moondream", "max_pixels", max_pixels, LEAST_PIXELS)
    check_whole("moondream", "concurrency", concurrency, 1)
    check_temperature("moondream", temperature)
    check_timeout("moondream", timeout_s)
    url = checked_address("moondream", "endpoint", endpoint or CLOUD, KEY)
    key = api_key((KEY,), url)
    card = ModelCard(
        name=f"moondream:{model}" if model else "moondream",
        revision=model or "not told by the server",
        licence=CLOUD_LICENCE if url == CLOUD else OWN_LICENCE,
        settings={"temperature": temperature or 0, "max_pixels": max_pixels},
        source=url,
    )
    lacks = NO_KEY if url == CLOUD and not key else ""
    gate = threading.BoundedSemaphore(concurrency)
    server = MoondreamServer(url, key, model, temperature or 0, timeout_s, gate, lacks)
    return MoondreamScorer(server, card, max_pixels)


def name_of(term: str) -> str:
    """Of the metric that says a term."""
    return f"{term}_moondream"


def _metric(term: str, card: ModelCard, max_pixels: int) -> Metric:
    return Metric(
        name=name_of(term),
        unit=f"of {MOST}",
        low=0,
        high=MOST,
        better="higher",
        model=card.name,
        licence=card.licence,
        protocol=f"asked once about one picture: {_SHOWN[term]}, fitted into {max_pixels} pixels, as JPEG; the number "
        "that it answers",
    )
