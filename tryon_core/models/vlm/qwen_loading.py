"""A Qwen3-VL checkpoint on a device, for whatever it is asked: its memory planned by the longest question."""

import importlib.util
from collections.abc import Callable
from typing import Any, NamedTuple

from ...errors import MissingWeights
from ..device.attention import check_model_attention
from ..device.memory import judging_bytes, parts_of
from ..device.options import DTYPES, DeviceOptions
from ..device.placing import placed_model
from ..device.residency import Plan, decide, placed
from ..hub.weights import Checkpoint, find
from .qwen_processor import check_answers_at_once, qwen_processor


class LoadedQwen(NamedTuple):
    """A checkpoint that is loaded. options: with their device and dtype filled in."""

    model: Any
    processor: Any
    checkpoint: Checkpoint
    plan: Plan
    options: DeviceOptions

    def card(self, **settings: Any) -> Any:
        """What a run records of it: how it is held, and settings of whoever asks it."""
        return self.checkpoint.card(
            dtype=self.plan.dtype, policy=self.plan.policy, **settings, **self.options.recorded()
        )


def load_qwen(name: str, options: DeviceOptions, tokens_of: Callable[[Any], tuple[int, int]]) -> LoadedQwen:
    """The model `name` of models.specs with its processor.

    options    where its weights are and how they are held; attention is 'sdpa', 'eager' or 'flash_attention_2'
    tokens_of  processor -> tokens of the longest question as qwen_question.judged_tokens counts them
    raises     MissingWeights; BadInput
    """
    from transformers import Qwen3VLForConditionalGeneration

    if importlib.util.find_spec("xgrammar") is None:
        raise MissingWeights(f"{name} needs xgrammar for replies that are true to their schema; run `make setup`")
    options = placed(name, options)
    check_model_attention(name, options.attention, options.device, options.dtype)
    checkpoint = find(name, options.weights, options.revision)
    folder, processor = checkpoint.folder, qwen_processor().from_pretrained(checkpoint.folder)
    check_answers_at_once(name, folder, processor)
    tokens = tokens_of(processor)
    working = judging_bytes(folder, tokens=tokens, at_once=options.at_once, dtype_bytes=DTYPES[options.dtype])
    plan = decide(name, parts_of(folder), working, options)
    model = placed_model(Qwen3VLForConditionalGeneration, folder, plan, attention=options.attention)
    return LoadedQwen(model, processor, checkpoint, plan, options)
