"""How many tokens a prompt is to a text encoder of the transformers library."""

import copy
import threading
from typing import Any


class PromptTokens:
    """Tokens of a prompt, its tokenizer's marks included. Any thread may ask: it counts with a tokenizer of its own."""

    def __init__(self, tokenizer: Any):
        self._tokenizer, self._lock = copy.deepcopy(tokenizer), threading.Lock()
        self._controls = tuple(tokenizer.get_added_vocab())

    def control(self, prompt: str) -> str:
        """The first control token that the text spells, such as '<|im_end|>'; '' for none."""
        return next((token for token in self._controls if token in prompt), "")

    def __call__(self, prompt: str) -> int:
        with self._lock:
            return len(self._tokenizer(prompt, verbose=False)["input_ids"])
