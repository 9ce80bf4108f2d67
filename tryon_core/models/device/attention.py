"""Which attention a model can compute with here, found out before a weight is read."""

import warnings
from collections.abc import Sequence
from typing import Any

from ...errors import BadInput

_FLASH = {"flash_attention_2": "flash-attn", "flash_attention_3": "flash-attn-3"}  # transformers' name -> package


def check_pipeline_attention(name: str, attention: str, device: str, dtype: str) -> None:
    """For a diffusers pipeline: a backend is tried on a few numbers, on the device and in the format it is to work in.

    attention  a name of diffusers' AttentionBackendName; empty: nothing is asked for
    raises     BadInput for one that cannot be used here, with those that can
    """
    if not attention:
        return
    if attention.endswith("_hub"):
        raise BadInput(
            f"attention {attention!r} would download code; install the library and give its name without _hub"
        )
    from diffusers.models.attention_dispatch import AttentionBackendName

    known = [one.value for one in AttentionBackendName if not one.value.endswith("_hub")]
    why = "there is none of this name" if attention not in known else _failure(attention, device, dtype)
    if why:
        usable = [one for one in known if not one.startswith("_") and not _failure(one, device, dtype)]
        raise _refusal(f"{name} on {device} in {dtype}", attention, why, usable)


def check_model_attention(name: str, attention: str, device: str, dtype: str) -> None:
    """For a transformers model: 'sdpa' and 'eager' are always there, flash attention is a package for GPUs.

    attention  of transformers; empty: what the library takes by itself
    raises     BadInput for one that cannot be used here, with those that can; transformers would download code for it
    """
    if not attention:
        return
    if "/" in attention:
        raise BadInput(f"attention {attention!r} would download code; give the name of an installed one, as 'sdpa'")
    from transformers import utils

    there = {"flash_attention_2": utils.is_flash_attn_2_available, "flash_attention_3": utils.is_flash_attn_3_available}
    fits = device.startswith("cuda") and dtype == "bfloat16"
    usable = ["sdpa", "eager", *(one for one in there if fits and there[one]())]
    if attention not in usable:
        package = _FLASH.get(attention)
        why = f"it needs the package {package}, a GPU and bfloat16" if package else "there is none of this name"
        raise _refusal(f"{name} on {device} in {dtype}", attention, why, usable)


def use_attention(transformer: Any, backend: str) -> None:
    """Let a diffusers transformer compute with a backend, and only this one.

    The library's own call also makes it the choice of every other model in the process; that is taken back."""
    from diffusers.models.attention_dispatch import attention_backend

    with attention_backend(backend):
        transformer.set_attention_backend(backend)


def _failure(backend: str, device: str, dtype: str) -> str:
    """Why a diffusers backend cannot be used; empty where it can."""
    import torch
    from diffusers.models.attention_dispatch import attention_backend, dispatch_attention_fn

    try:
        with warnings.catch_warnings(action="ignore"), attention_backend(backend):
            few = torch.ones(1, 32, 1, 64, device=device, dtype=getattr(torch, dtype))  # sample, tokens, head, its size
            dispatch_attention_fn(few, few, few)
    except Exception as e:  # noqa: BLE001  whatever a foreign kernel raises, it is the reason that is given
        return str(e).strip().splitlines()[0].rstrip(".")
    return ""


def _refusal(model: str, attention: str, why: str, usable: Sequence[str]) -> BadInput:
    return BadInput(
        f"{model} cannot compute with attention {attention!r}: {why}; what can be used here: {', '.join(usable)}"
    )
