"""What memory the pair needs at its true sizes, and what does not fit beside what."""

from collections.abc import Sequence
from dataclasses import dataclass

from .sizes import generator_parts, judge_of, made_on, parameters_of, shape_of

GB = 1e9
BF16, FP8 = 2, 1  # bytes a weight


@dataclass(frozen=True)
class Budget:
    """Weights in numbers of parameters; keys and values in bytes."""

    transformer: int
    text_encoder: int
    vae: int
    judge: int
    reference_token: int  # bytes that one token of the references keeps in every layer, for a KV checkpoint
    judge_token: int  # bytes that one token of the judge keeps


def budget(generator: str, judge: str) -> Budget:
    """Counted on the true classes without memory.

    A reference token keeps a key and a value of the transformer's width in each of its layers; a judge's token those of
    its key-value heads: 2 x layers x width x bytes (Pope et al. 2022, arXiv 2211.05102, section 2).
    """
    with made_on("meta", "bfloat16"):
        parts = generator_parts(shape_of(generator))
        model = judge_of(shape_of(judge))
    klein, text = parts["transformer"].config, model.config.get_text_config()
    width, layers = klein.num_attention_heads * klein.attention_head_dim, klein.num_layers + klein.num_single_layers
    return Budget(
        **{name: parameters_of(part) for name, part in parts.items()},
        judge=parameters_of(model),
        reference_token=2 * layers * width * BF16,
        judge_token=2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * BF16,
    )


def reference_bytes(found: Budget, sizes: Sequence[tuple[int, int]]) -> int:
    """Keys and values of one sample's references; a token is 16 x 16 pixels. sizes: (width, height) of each"""
    return found.reference_token * sum((width // 16) * (height // 16) for width, height in sizes)


def in_words(found: Budget, memory_gb: float, size: tuple[int, int], samples: int, keeps_keys: bool) -> list[str]:
    """The table and, for judges in bf16 and fp8, what is left and how many samples' references stay."""
    drawing = (found.transformer + found.text_encoder + found.vae) * BF16 / GB
    a_sample = reference_bytes(found, [size, size]) / GB
    lines = [
        f"transformer {found.transformer / 1e9:.2f} billion weights, text encoder {found.text_encoder / 1e9:.2f}, "
        f"VAE {found.vae / 1e9:.2f}: {drawing:.0f} GB in bf16",
        f"judge {found.judge / 1e9:.2f} billion weights: {found.judge * BF16 / GB:.0f} GB in bf16, "
        f"{found.judge * FP8 / GB:.0f} GB in fp8; {found.judge_token / 1024:.0f} KiB a token read",
    ]
    if keeps_keys:
        lines.append(
            f"keys of two references of {size[0]} x {size[1]}: {a_sample:.1f} GB a sample "
            f"({found.reference_token / 1024:.0f} KiB a token); {samples} samples: {samples * a_sample:.0f} GB"
        )
    for name, judge in (("bf16", found.judge * BF16 / GB), ("fp8", found.judge * FP8 / GB)):
        lines.append(_beside(name, memory_gb - drawing - judge, memory_gb, a_sample if keeps_keys else 0.0, samples))
    return lines


def _beside(name: str, left: float, memory_gb: float, a_sample: float, samples: int) -> str:
    if left <= 0:
        return f"on {memory_gb:.0f} GB, judge in {name}: does not fit, {-left:.0f} GB too many"
    said = f"on {memory_gb:.0f} GB, judge in {name}: {left:.0f} GB left for activations and what is kept"
    if not a_sample:
        return said
    fit = int(left // a_sample)
    rest = "" if fit >= samples else f"; {samples} samples do not fit: keep fewer, or the judge in fewer bits"
    return f"{said}, at most {fit} samples' reference keys{rest}"
