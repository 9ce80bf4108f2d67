"""Qwen3-VL judges in process: JSON that is true to its schema, several samples in one batch."""

import importlib.util
from collections.abc import Sequence
from typing import Any

from PIL import Image

from ..constraints import Rubric
from ..errors import BadReply, MissingWeights
from ..records import Judgement, ModelCard, Sample
from ..rubrics import RUBRICS
from .reply import instructions, pictures, read_reply, reply_model, unread, wish_of
from .residency import placed
from .weights import find

MAX_NEW_TOKENS = 600  # all findings at their longest are about 500


class QwenVL:
    """Asks a Qwen-VL model about one picture or many; greedy, so the same question gets the same answer."""

    def __init__(self, model: Any, processor: Any, card: ModelCard, rubric: Rubric):
        import xgrammar

        self.model, self.processor, self.card, self.rubric = model, processor, card, rubric
        tokenizer = processor.tokenizer
        tokenizer.padding_side = "left"  # right padding silently gives other answers in a batch
        told = xgrammar.TokenizerInfo.from_huggingface(
            tokenizer,
            vocab_size=model.config.get_text_config().vocab_size,  # padded: more than the tokenizer has
            stop_token_ids=[tokenizer.eos_token_id],
        )
        schema = reply_model(rubric)
        self.grammar = xgrammar.GrammarCompiler(told).compile_json_schema(
            schema, any_whitespace=False, strict_mode=True
        )

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        """Judge one picture; what cannot be read is unscored with the reason, and the reply is kept."""
        return self.batch([(sample, image)])[0]

    def batch(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Judgement]:
        """One judgement a call, all decoded together."""
        return [self._read(text) for text in self._replies([self._conversation(*call) for call in calls])]

    def _conversation(self, sample: Sample, image: Image.Image) -> list[dict]:
        """Rubric, then the pictures with the person's and garment's first, then the wish."""
        shown = [{"type": "image", "image": picture} for picture in pictures(sample, image)]
        words = ({"type": "text", "text": text} for text in (instructions(self.rubric), wish_of(sample)))
        return [{"role": "user", "content": [next(words), *shown, next(words)]}]

    def _replies(self, conversations: Sequence[list[dict]]) -> list[str]:
        import torch
        from xgrammar.contrib.hf import LogitsProcessor

        inputs = self.processor.apply_chat_template(
            list(conversations),
            tokenize=True,
            add_generation_prompt=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True},
        ).to(self.model.device)
        with torch.inference_mode():
            tokens = self.model.generate(
                **inputs,
                max_new_tokens=MAX_NEW_TOKENS,
                do_sample=False,
                logits_processor=[LogitsProcessor([self.grammar] * len(conversations))],  # used up by one call
            )
        said = tokens[:, inputs["input_ids"].shape[1] :]
        return self.processor.tokenizer.batch_decode(said, skip_special_tokens=True)

    def _read(self, text: str) -> Judgement:
        try:
            return read_reply(text, self.rubric)
        except BadReply as e:
            return unread(self.rubric, text, str(e))


def build(
    name: str, *, rubric: Rubric = RUBRICS["default"], weights: str = "", device: str = "", dtype: str = ""
) -> QwenVL:
    """A Qwen3-VL judge on a device.

    weights  a local folder in the hub's layout; empty: the hub's cache, or a download; for a toy, what is built here
    device, dtype  as residency.placed takes them
    raises   MissingWeights; BadInput
    """
    import torch
    from transformers import AutoProcessor, Qwen3VLForConditionalGeneration

    if importlib.util.find_spec("xgrammar") is None:
        raise MissingWeights(f"{name} needs xgrammar for replies that are true to their schema; run `make setup`")
    device, dtype = placed(name, device, dtype)
    without_video()
    checkpoint = find(name, weights)
    model = Qwen3VLForConditionalGeneration.from_pretrained(
        checkpoint.folder, dtype=getattr(torch, dtype), use_safetensors=True
    )
    processor = AutoProcessor.from_pretrained(checkpoint.folder)
    card = checkpoint.card(dtype=dtype, max_new_tokens=MAX_NEW_TOKENS)
    return QwenVL(model.to(device).eval(), processor, card, rubric)


def without_video() -> None:
    """Let the Qwen-VL processors load without torchvision: they want a video processor, which needs it; we have none.

    The class stays the same, so that AutoProcessor and saved folders work."""
    if importlib.util.find_spec("torchvision") is not None:
        return
    from transformers import Qwen3VLProcessor

    Qwen3VLProcessor.get_attributes = classmethod(lambda cls: ["image_processor", "tokenizer"])
