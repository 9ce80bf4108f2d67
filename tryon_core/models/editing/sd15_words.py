"""What Stable Diffusion 1.5's text encoder reads of a prompt: 77 tokens; what is longer the pipeline would cut."""

import copy
import threading
from typing import Any

TEXT_TOKENS = 77  # CLIP ViT-L/14's, its two marks at both ends included


class ClipTokens:
    """Tokens of a prompt with both marks. Any thread may ask: it counts with a tokenizer of its own."""

    def __init__(self, tokenizer: Any):
        self._tokenizer, self._lock = copy.deepcopy(tokenizer), threading.Lock()

    def __call__(self, prompt: str) -> int:
        with self._lock:
            return len(self._tokenizer(prompt, verbose=False)["input_ids"])
