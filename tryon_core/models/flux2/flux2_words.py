"""How long a prompt is to FLUX.2 Klein's text encoder."""

import copy
import threading
from typing import Any

TEXT_TOKENS = 512  # the encoder always pads to it, and the transformer sees the padding: it is part of the model


class TokenCount:
    """Tokens of a prompt, the chat template around it included. Any thread may ask.

    The pipeline switches its tokenizer between cutting and not cutting, which another thread would feel; so this counts
    with a copy of it.
    """

    def __init__(self, tokenizer: Any):
        self._tokenizer, self._lock = copy.deepcopy(tokenizer), threading.Lock()
        self._controls = tuple(tokenizer.get_added_vocab())

    def control(self, prompt: str) -> str:
        """The first control token that the text spells, such as '<|im_end|>'; '' for none."""
        return next((token for token in self._controls if token in prompt), "")

    def __call__(self, prompt: str) -> int:
        messages = [{"role": "user", "content": prompt}]
        with self._lock:
            text = self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
            return len(self._tokenizer(text)["input_ids"])
