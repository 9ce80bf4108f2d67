"""What the diffusion models here have alike: requests of one layout are drawn together; what is read of the words."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PIL import Image

from ...records import EditRequest, Fix, ModelCard
from ...roles import Answer
from ...steps import Spent


def drawn_by_layout(all_asked: Sequence[Any], draw: Callable[[list[Any]], Sequence[Image.Image]]) -> list[Answer]:
    """One answer each, in order.

    all_asked  each with its `layout`, which is equal for what may be drawn together, and its `steps` and `left_out`
    draw       pictures of one layout
    """
    import torch

    buckets: defaultdict[tuple, list[int]] = defaultdict(list)
    for number, asked in enumerate(all_asked):
        buckets[asked.layout].append(number)
    answers: dict[int, Answer] = {}
    with torch.inference_mode():
        for numbers in buckets.values():
            together = [all_asked[number] for number in numbers]
            answers |= dict(zip(numbers, _answered(together, draw), strict=True))
    return [answers[number] for number in range(len(all_asked))]


def _answered(together: list[Any], draw: Callable[[list[Any]], Sequence[Image.Image]]) -> list[Answer]:
    start = time.perf_counter()
    pictures = draw(together)
    seconds, steps = (time.perf_counter() - start) / len(together), together[0].steps - together[0].left_out
    return [Answer(picture, Spent(calls=1, seconds=seconds, steps=steps)) for picture in pictures]


class DrawsByLayout:
    """A generator's calls, over two methods of its own: `check`, what is asked with defaults, before a weight is
    touched; `_drawn`, the pictures of what one layout asks for.

    text_tokens  that its encoder reads; `_tokens` counts those of a prompt
    """

    text_tokens: ClassVar[int]
    card: ModelCard
    _tokens: Callable[[str], int]

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB. raises as `check`."""
        return self.metered([(request,)])[0].value

    def batch(self, calls: Sequence[tuple[EditRequest]]) -> list[Image.Image]:
        """One picture a request."""
        return [answer.value for answer in self.metered(calls)]

    def metered(self, calls: Sequence[tuple[EditRequest]]) -> list[Answer]:
        """One picture a request, with its denoising steps; requests of one layout are drawn together."""
        return drawn_by_layout([self.check(request) for (request,) in calls], self._drawn)

    def fits(self, prompt: str) -> bool:
        """False where the encoder would cut the words. No device work; any thread may ask."""
        return self._tokens(prompt) <= self.text_tokens

    def reads(self, prompt: str, fixes: tuple[Fix, ...] = ()) -> str:
        """For a person: how many of the words it takes in, and what of a request it does not look at."""
        words = f"{self.card.name} reads {self._tokens(prompt)} of at most {self.text_tokens} tokens"
        return f"{words}; of a garment's picture it sees nothing"

    def check(self, request: EditRequest) -> Any:
        raise NotImplementedError

    def _drawn(self, together: Sequence[Any]) -> list[Image.Image]:
        raise NotImplementedError
