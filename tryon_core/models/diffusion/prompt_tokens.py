"""How many tokens a prompt is to a text encoder of the transformers library."""

import copy
import threading
from typing import Any


class PromptTokens:
    """Tokens of a prompt, its tokenizer's marks included. Any thread may ask: it counts with a tokenizer of its own."""

    def __init__(self, tokenizer: Any):
        self._tokenizer, self._lock = copy.deepcopy(tokenizer), threading.Lock()

    def __call__(self, prompt: str) -> int:
        with self._lock:
            return len(self._tokenizer(prompt, verbose=False)["input_ids"])
