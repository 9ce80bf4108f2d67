"""How long a prompt is to FLUX.2 Klein's text encoder."""

from ..diffusion.prompt_tokens import PromptTokens

TEXT_TOKENS = 512  # the encoder always pads to it, and the transformer sees the padding: it is part of the model


class TokenCount(PromptTokens):
    """Tokens of a prompt, the chat template around it included. Any thread may ask.

    The pipeline switches its tokenizer between cutting and not cutting, which another thread would feel; so this counts
    with a copy of it.
    """

    def __call__(self, prompt: str) -> int:
        messages = [{"role": "user", "content": prompt}]
        with self._lock:
            text = self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
            return len(self._tokenizer(text)["input_ids"])
