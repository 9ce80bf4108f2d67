"""The model behind a judge's server as a writer."""

from collections.abc import Sequence

from PIL import Image

from ....errors import Refused
from ....records import ModelCard
from ....roles import Answer
from ...diffusion.latent_frame import MAX_PIXELS, fitted
from ..reply import Written, kept, writer_card
from .asked_server import AskedServer, metered
from .server_replies import Price, Tokens


class ServedWriter:
    """Asks the judge's server to write {"prompt": "..."}, once: what comes back is for the caller to read."""

    def __init__(
        self,
        server: AskedServer,
        card: ModelCard,
        *,
        max_pixels: int = MAX_PIXELS,
        price_per_million_tokens: Price = None,
    ):
        self.server, self.card, self.max_pixels = server, writer_card(card), max_pixels
        self.price_per_million_tokens = price_per_million_tokens

    def __call__(self, question: str, images: Sequence[Image.Image]) -> str:
        """The answer as it came, not whole where it was cut off or is very long.

        raises   Refused where the model declines; ModelFailed where the server cannot be reached or answers with an
                 error
        """
        return self._written(question, images)[0]

    def metered(self, calls: Sequence[tuple[str, Sequence[Image.Image]]]) -> list[Answer]:
        """One answer per call, all asked at the same time. raises as a single call does"""
        return metered(self._written, calls, self.price_per_million_tokens)

    def _written(self, question: str, images: Sequence[Image.Image]) -> tuple[str, Tokens | None]:
        shown = [fitted(picture, self.max_pixels) for picture in images]
        reply = self.server.ask([self.server.turn("user", [*shown, question])], Written)
        if reply.refusal:
            raise Refused("declined", reply.refusal)
        return kept(reply.text), reply.tokens
