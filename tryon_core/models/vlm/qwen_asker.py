"""A Qwen-VL model in process, asked one question at a time or several together: words and pictures in, JSON out."""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from ..diffusion.latent_frame import fitted
from .qwen_decode import Grammars, write
from .qwen_question import Reading, as_question
from .qwen_sampling import Sampling
from .serving.server_replies import ServerReply, Tokens

GREEDY = Sampling()


class QwenAsker:
    """Answers questions that share nothing.

    max_pixels      a picture with more is shown smaller
    max_new_tokens  a reply is cut off there
    sampling        how words are chosen
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        grammars: Grammars,
        *,
        max_pixels: int,
        max_new_tokens: int,
        sampling: Sampling = GREEDY,
    ):
        self.model, self.processor, self.grammars = model, processor, grammars
        self.max_pixels, self.max_new_tokens, self.sampling = max_pixels, max_new_tokens, sampling

    def replies(
        self, questions: Sequence[Sequence[str | Image.Image]], grammar: Any, passes: int = 1
    ) -> list[list[ServerReply]]:
        """What it writes to each question, `passes` times, all decoded together. They may show different numbers of
        pictures; a question is read once, and its first reply has the tokens of that.
        """
        import torch

        with torch.inference_mode():
            asked = [as_question(self.model, self.processor, self._content(question)) for question in questions]
            reading = Reading(self.model, asked)
            if passes > 1:
                reading.repeat(passes)
            rows = write(
                reading,
                grammar,
                stop=self.grammars.stop,
                max_new_tokens=self.max_new_tokens,
                choose=self.sampling.choice(self.model.device, list(range(passes)) * len(asked)),
            )
        texts = self.processor.tokenizer.batch_decode(rows, skip_special_tokens=True)
        replies = []
        for number, (text, row) in enumerate(zip(texts, rows, strict=True)):
            question, first = asked[number // passes], number % passes == 0
            tokens = Tokens(question.ids_1T.shape[1] if first else 0, len(row))
            replies.append(ServerReply(text, cut_off=len(row) == self.max_new_tokens, tokens=tokens))
        return [replies[start : start + passes] for start in range(0, len(replies), passes)]

    def _content(self, parts: Sequence[str | Image.Image]) -> list[dict]:
        return [
            {"type": "text", "text": part}
            if isinstance(part, str)
            else {"type": "image", "image": fitted(part, self.max_pixels)}
            for part in parts
        ]
