"""The true architectures from their configurations, with random weights: nothing is downloaded.

Shapes of the Klein transformers as in the public reference code (black-forest-labs/flux2, src/flux2/model.py), of Qwen3
and Qwen3-VL as in their published config.json (Qwen/Qwen3-8B, Qwen/Qwen3-4B, Qwen/Qwen3-VL-{32,8,4}B-Instruct). They
were written down without these files at hand; what was checked is that the number of parameters comes out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import UnknownName
from ..models.diffusion.toy_words import qwen_tokenizer
from ..records import ModelCard

VOCABULARY = 151_936
_QWEN3_4B = {"hidden_size": 2560, "intermediate_size": 9728, "num_hidden_layers": 36, "num_attention_heads": 32}
_QWEN3_8B = {"hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 36, "num_attention_heads": 32}
_QWEN3_32B = {"hidden_size": 5120, "intermediate_size": 25600, "num_hidden_layers": 64, "num_attention_heads": 64}
_VISION = {"depth": 27, "hidden_size": 1152, "intermediate_size": 4304, "deepstack_visual_indexes": [8, 16, 24]}
_VISION_4B = {"depth": 24, "hidden_size": 1024, "intermediate_size": 4096, "deepstack_visual_indexes": [5, 11, 17]}
_KLEIN_9B = {
    "transformer": {"num_layers": 8, "num_single_layers": 24, "num_attention_heads": 32, "joint_attention_dim": 12288},
    "text": {**_QWEN3_8B, "tie_word_embeddings": False},
}

GENERATORS: dict[str, dict[str, dict[str, Any]]] = {
    "flux2-klein-9b": _KLEIN_9B,
    "flux2-klein-9b-kv": _KLEIN_9B,
    "flux2-klein-4b": {
        "transformer": {
            "num_layers": 5,
            "num_single_layers": 20,
            "num_attention_heads": 24,
            "joint_attention_dim": 7680,
        },
        "text": {**_QWEN3_4B, "tie_word_embeddings": True},
    },
}
JUDGES: dict[str, dict[str, dict[str, Any]]] = {
    "qwen3-vl-32b": {"text": {**_QWEN3_32B, "tie_word_embeddings": False}, "vision": _VISION},
    "qwen3-vl-8b": {"text": {**_QWEN3_8B, "tie_word_embeddings": False}, "vision": _VISION},
    "qwen3-vl-4b": {"text": {**_QWEN3_4B, "tie_word_embeddings": True}, "vision": _VISION_4B},
}


def shape_of(name: str) -> dict[str, dict[str, Any]]:
    """The configuration of a generator or judge by name. raises UnknownName"""
    known = GENERATORS | JUDGES
    if name not in known:
        raise UnknownName("model of known size", name, known)
    return known[name]


@contextmanager
def made_on(device: str, dtype: str) -> Iterator[None]:
    """Modules made inside have their weights on `device` in `dtype` from the start: no copy elsewhere."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        with torch.device(device):
            yield
    finally:
        torch.set_default_dtype(before)


def transformer_of(shape: dict[str, dict[str, Any]]) -> Any:
    """Flux2Transformer2DModel; what is not told here is the class's default, which fits every size."""
    from diffusers import Flux2Transformer2DModel

    return Flux2Transformer2DModel(**shape["transformer"], guidance_embeds=False)


def text_encoder_of(shape: dict[str, dict[str, Any]]) -> Any:
    """Qwen3ForCausalLM"""
    from transformers import Qwen3Config, Qwen3ForCausalLM

    fixed = {"vocab_size": VOCABULARY, "num_key_value_heads": 8, "head_dim": 128, "max_position_embeddings": 40960}
    rope = {"rope_type": "default", "rope_theta": 1e6}
    return Qwen3ForCausalLM(Qwen3Config(**{**fixed, **shape["text"]}, rope_parameters=rope))


def judge_of(shape: dict[str, dict[str, Any]], tokenizer: Any = None) -> Any:
    """Qwen3VLForConditionalGeneration

    tokenizer  whose tokens stand for pictures; without one those of the class's defaults, the true tokenizer's
    """
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    rope = {"rope_type": "default", "rope_theta": 5e6, "mrope_section": [24, 20, 20], "mrope_interleaved": True}
    text = {"vocab_size": VOCABULARY, "num_key_value_heads": 8, "head_dim": 128, "max_position_embeddings": 262_144}
    vision = {"num_heads": 16, "patch_size": 16, "spatial_merge_size": 2, "temporal_patch_size": 2}
    vision |= {"num_position_embeddings": 2304, "out_hidden_size": shape["text"]["hidden_size"]}
    config = Qwen3VLConfig(
        text_config={**text, "rope_parameters": rope, **shape["text"]},
        vision_config={**vision, **shape["vision"]},
        **(_picture_tokens(tokenizer) if tokenizer else {}),
        tie_word_embeddings=shape["text"]["tie_word_embeddings"],
    )
    return Qwen3VLForConditionalGeneration(config)


def _picture_tokens(tokenizer: Any) -> dict[str, int]:
    token = tokenizer.convert_tokens_to_ids
    return {
        "image_token_id": token("<|image_pad|>"),
        "video_token_id": token("<|video_pad|>"),
        "vision_start_token_id": token("<|vision_start|>"),
        "vision_end_token_id": token("<|vision_end|>"),
    }


def generator_parts(shape: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Transformer, text encoder and VAE on the device and in the dtype that `made_on` says."""
    from diffusers import AutoencoderKLFlux2

    return {
        "transformer": transformer_of(shape).eval(),
        "text_encoder": text_encoder_of(shape).eval(),
        "vae": AutoencoderKLFlux2(**shape.get("vae", {})).eval(),
    }


def random_pipeline(name: str, device: str, dtype: str, shape: dict | None = None) -> Any:
    """Flux2KleinPipeline, or Flux2KleinKVPipeline for the KV checkpoint, with random weights of the true sizes."""
    import diffusers
    import torch

    with made_on(device, dtype), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = generator_parts(shape or shape_of(name))
    kind = diffusers.Flux2KleinKVPipeline if name.endswith("-kv") else diffusers.Flux2KleinPipeline
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift=3.0)
    pipe = kind(scheduler=scheduler, tokenizer=qwen_tokenizer(), **parts, is_distilled=True)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def random_judge(name: str, device: str, dtype: str, shape: dict | None = None) -> tuple[Any, Any]:
    """(model, processor). The tokenizer is the toy's: it writes a text with more tokens than the true one does."""
    import torch
    from transformers import Qwen2VLImageProcessorPil

    from ..models.vlm.qwen_processor import qwen_processor

    tokenizer = qwen_tokenizer()
    with made_on(device, dtype), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = judge_of(shape or shape_of(name), tokenizer).eval()
    looks = Qwen2VLImageProcessorPil(
        patch_size=16,
        merge_size=2,
        temporal_patch_size=2,
        size={"shortest_edge": 256 * 256, "longest_edge": 4096 * 4096},  # areas in pixels
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
    )
    return model, qwen_processor()(image_processor=looks, tokenizer=tokenizer, chat_template=tokenizer.chat_template)


def random_card(name: str, **settings: Any) -> ModelCard:
    """What stands for a model of random weights at full size."""
    return ModelCard(
        name=f"random:{name}",
        revision="0",
        licence="none: random weights",
        kind="toy",
        settings=settings,
        source="its configuration",
    )


def parameters_of(*modules: Any) -> int:
    """Weights of the modules, each counted once where it is tied."""
    return sum(one.numel() for module in modules for one in module.parameters())
