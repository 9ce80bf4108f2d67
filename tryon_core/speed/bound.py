"""The bound: what the stages must compute and move, over what this device was measured to do in the same run.

Shapes: B rows, T tokens, P weights. A multiplication and an addition are two FLOPs.
"""

import functools
import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from .pair import Pair
from .sizes import parameters_of


@dataclass(frozen=True)
class Rates:
    """What the device was measured to do: matrix products in the models' dtype, and copies of memory."""

    flops_s: float
    bytes_s: float

    def seconds(self, flops: float, moved_bytes: float) -> float:
        """No less than this: the roofline model (Williams, Waterman, Patterson 2009, CACM 52(4))."""
        return max(flops / self.flops_s, moved_bytes / self.bytes_s)


@dataclass(frozen=True)
class Call:
    """One call of a stage: its seconds, and what it had to compute and move."""

    stage: str
    seconds: float
    flops: float
    bytes: float


def measured_rates(device: str, dtype: str, repeats: int = 5) -> Rates:
    """The fastest of `repeats`: a square matrix product, and a copy (read once and written once)."""
    import torch

    side, length = (8192, 2**30) if device.startswith("cuda") else (1024, 2**25)
    a = torch.randn(side, side, device=device).to(getattr(torch, dtype))
    one = torch.zeros(length, dtype=torch.uint8, device=device)
    other = torch.zeros_like(one)
    product = min(clocked(lambda: a @ a, device)[1] for _ in range(repeats))
    copy = min(clocked(lambda: other.copy_(one), device)[1] for _ in range(repeats))
    return Rates(2 * side**3 / product, 2 * length / copy)


def clocked(function: Callable[[], Any], device: str) -> tuple[Any, float]:
    """(answer, seconds until the device is done)"""
    import torch

    wait = torch.cuda.synchronize if device.startswith("cuda") else lambda: None
    wait()
    started = time.perf_counter()
    answer = function()
    wait()
    return answer, time.perf_counter() - started


# ---- formulas --------------------------------------------------------------------------------------------------------


def attention_flops(queries: float, keys: float, width: int) -> float:
    """Q K^T and A V for one row of one layer: 2 x 2 x queries x keys x width (Kaplan et al. 2020, arXiv 2001.08361,
    table 1, where a causal mask is not counted; here the caller gives the mean number of keys a query sees)."""
    return 4.0 * queries * keys * width


def language_flops(weights: int, layers: int, width: int, *, rows: int, tokens: int, before: int) -> float:
    """Reading `tokens` behind `before` kept ones: 2 P a token (Kaplan et al. 2020, section 2.1) and causal attention.

    weights  without the word table; the output layer counts for one token a row and is added by the caller
    width    heads x head size
    """
    keys = before + (tokens + 1) / 2
    return rows * (2.0 * weights * tokens + layers * attention_flops(tokens, keys, width))


def klein_flops(transformer: Any, rows: int, picture: int, words: int, kept: int = 0) -> float:
    """One step of Flux2Transformer2DModel: half the weights of a double block see the picture's tokens (its own and the
    references'), half the words; a single block's see all; every token attends to all, and to `kept` reference keys."""
    config = transformer.config
    width, layers = config.num_attention_heads * config.attention_head_dim, config.num_layers + config.num_single_layers
    double, single = (
        parameters_of(blocks) for blocks in (transformer.transformer_blocks, transformer.single_transformer_blocks)
    )
    tokens = picture + words
    ends = parameters_of(transformer.x_embedder) * picture + parameters_of(transformer.context_embedder) * words
    products = 2.0 * (ends + double / 2 * tokens + single * tokens)
    return rows * (products + layers * attention_flops(tokens, tokens + kept, width))


@functools.cache
def vae_flops(config: tuple, part: str, shape: tuple[int, ...]) -> float:
    """Counted by torch's own counter on a VAE without memory: convolutions have no short formula."""
    import torch
    from diffusers import AutoencoderKLFlux2
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"):
        vae, given = AutoencoderKLFlux2(**dict(config)), torch.empty(shape)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        getattr(vae, part)(given)
    return float(counter.get_total_flops())


# ---- what the calls of a pair cost -----------------------------------------------------------------------------------


@contextmanager
def watched(pair: Pair) -> Iterator[list[Call]]:
    """Every call of the pair's networks meanwhile, the device waited for after each: for a pass of its own."""
    pipe, judge, calls = pair.generator.pipe, pair.judge.model, []
    with ExitStack() as stack:
        for owner, name, cost in (
            (pipe.text_encoder, "forward", functools.partial(_words, pipe.text_encoder)),
            (pipe.vae, "encode", functools.partial(_vae, pipe.vae, "encode", "encode references")),
            (pipe.transformer, "forward", functools.partial(_step, pipe.transformer)),
            (pipe.vae, "decode", functools.partial(_vae, pipe.vae, "decode", "decode picture")),
            (judge, "forward", functools.partial(_judged, judge)),
        ):
            stack.enter_context(_watch(owner, name, cost, calls))
        yield calls


@contextmanager
def _watch(owner: Any, name: str, cost: Callable[..., tuple[str, float, float]], calls: list[Call]) -> Iterator[None]:
    function, device = getattr(owner, name), str(next(owner.parameters()).device)

    @functools.wraps(function)
    def around(*given: Any, **named: Any) -> Any:
        stage, flops, moved = cost(*given, **named)
        answer, seconds = clocked(lambda: function(*given, **named), device)
        calls.append(Call(stage, seconds, flops, moved))
        return answer

    setattr(owner, name, around)
    try:
        yield
    finally:
        delattr(owner, name)  # the class's own method is seen again


def _bytes(module: Any) -> int:
    return sum(one.numel() * one.element_size() for one in module.parameters())


def _words(encoder: Any, input_ids: Any, **_: Any) -> tuple[str, float, float]:
    config, (rows, tokens) = encoder.config, input_ids.shape
    width = config.num_attention_heads * config.head_dim
    layers = encoder.model.layers
    flops = language_flops(parameters_of(layers), len(layers), width, rows=rows, tokens=tokens, before=0)
    return "encode words", flops, _bytes(layers)


def _vae(vae: Any, part: str, stage: str, given: Any, **_: Any) -> tuple[str, float, float]:
    known = {name: value for name, value in vae.config.items() if not name.startswith("_")}
    config = tuple((name, tuple(v) if isinstance(v, list) else v) for name, v in known.items())
    return stage, vae_flops(config, part, tuple(given.shape)), _bytes(vae.encoder if part == "encode" else vae.decoder)


def _step(transformer: Any, hidden_states: Any, encoder_hidden_states: Any, **named: Any) -> tuple[str, float, float]:
    cache = named.get("kv_cache")
    kept = cache.num_ref_tokens if cache is not None and named.get("kv_cache_mode") == "cached" else 0
    rows, picture = hidden_states.shape[:2]
    flops = klein_flops(transformer, rows, picture, encoder_hidden_states.shape[1], kept)
    return "denoise", flops, _bytes(transformer)


def _judged(model: Any, input_ids: Any, pixel_values: Any = None, **named: Any) -> tuple[str, float, float]:
    """Pictures are read by the vision tower: 2 P a patch, and each attends to its own picture's."""
    text, tower, language = model.config.get_text_config(), model.model.visual, model.model.language_model
    (rows, tokens), cache = input_ids.shape, named.get("past_key_values")
    before = int(cache.get_seq_length()) if cache is not None else 0
    width = text.num_attention_heads * text.head_dim
    flops = language_flops(
        parameters_of(language.layers), len(language.layers), width, rows=rows, tokens=tokens, before=before
    )
    flops += rows * 2.0 * parameters_of(model.lm_head)
    a_token = (
        2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * model.lm_head.weight.element_size()
    )
    moved = _bytes(language.layers) + _bytes(model.lm_head) + rows * before * a_token
    if pixel_values is not None:
        sizes = [math.prod(grid) for grid in named["image_grid_thw"].tolist()]
        flops += 2.0 * parameters_of(tower.blocks) * sum(sizes)
        flops += len(tower.blocks) * sum(attention_flops(one, one, tower.config.hidden_size) for one in sizes)
        moved += _bytes(tower)
    return "judge decode" if tokens == 1 else "judge prefill", flops, moved
