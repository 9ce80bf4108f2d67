"""Which model is where, and in which number format: the one place that decides (placing.py does it).

Policies, in the order they are tried; a pipeline takes all of them, a judge those that leave it in one piece:
  resident  all weights on the device
  offload   a component on the device while it works, else in the host's memory (diffusers' model offload)
  group     a layer on the device while it works; slow, since every step moves all weights (diffusers' group offload)
  fp8       weights of linear layers in 8-bit floats, computed with in the model's format (diffusers' layerwise casting)
  int8      the same in 8-bit integers (torchao)
  int4      the same in 4-bit floats, NF4 (bitsandbytes; needs a GPU)
The first three give the same pictures; the others change them a little, so a run records the policy.
"""

import importlib.util
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import BadInput, MissingWeights, UnknownName
from .memory import Part

DTYPES = {"bfloat16": 2, "float32": 4}  # bytes a number
PIPELINE = ("resident", "offload", "group", "fp8", "int8", "int4")
WHOLE = ("resident", "fp8", "int8", "int4")
SHRUNK = {"fp8": 1.0, "int8": 1.0, "int4": 0.5625}  # bytes a weight; NF4: half a byte and a float32 for every 64
LIBRARIES = {"int8": "torchao", "int4": "bitsandbytes"}
NEEDS_GPU = ("offload", "int4")
POINTLESS_ON_CPU = (*NEEDS_GPU, "group")  # never chosen there: the host's memory is the only one
LEAST_KEPT = 2**28  # bytes for what is kept between calls; more where there is room

_say = logging.getLogger(__name__).warning  # without any set-up Python writes it to stderr, as the bare sentence


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What was decided. needed_bytes: weights and the estimate of a call; keep_bytes: may be kept between calls."""

    policy: str
    device: str
    dtype: str
    needed_bytes: int
    keep_bytes: int


def placed(name: str, device: str = "", dtype: str = "") -> tuple[str, str]:
    """(device, dtype) as told, else cuda and bfloat16 where there is a GPU, cpu and float32 where there is none.

    raises   BadInput for another dtype, or for a GPU that is not there
    """
    import torch

    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    dtype = dtype or ("float32" if device == "cpu" else "bfloat16")
    if dtype not in DTYPES:
        raise BadInput(f"{name} runs in {' or '.join(DTYPES)}, got {dtype!r}")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BadInput(f"{name} was to be loaded on {device} and torch sees no GPU; leave device out or give 'cpu'")
    return device, dtype


def decide(
    name: str,
    parts: Sequence[Part],
    working_bytes: int,
    *,
    device: str,
    dtype: str,
    policies: Sequence[str] = PIPELINE,
    policy: str = "",
    memory_gb: float = 0,
    keep_bytes: int = 0,
) -> Plan:
    """The first policy that fits, or the one that was asked for; what was chosen is said where it was not plain.

    working_bytes  estimate of what a call takes beside the weights
    memory_gb      what this model may use, in 10^9 bytes; 0: what is free on the GPU; without a GPU no bound
    keep_bytes     what may be kept between calls, less where there is less room
    raises         BadInput, with the numbers, for what cannot fit; MissingWeights for a policy whose library is missing
    """
    room = memory_gb * 1e9 if memory_gb else _free_bytes(device)
    if room < 0:
        raise BadInput(f"memory_gb for {name} must be positive, got {memory_gb:g}")
    reserve = min(keep_bytes, LEAST_KEPT)
    needs = {
        one: needed + working_bytes + reserve for one, needed in weight_bytes(parts, DTYPES[dtype], policies).items()
    }
    if policy:
        _check(name, policy, needs, device)
        needs = {policy: needs[policy]}
    chosen = next((one for one in needs if needs[one] <= room and (policy or not _missing(one, device))), None)
    if chosen is None:
        told = ", ".join(f"{one} {needs[one] / 1e9:.3g} GB{_aside(one, device)}" for one in needs)
        raise BadInput(f"{name} does not fit in {room / 1e9:.3g} GB of {device}; it would need: {told} (estimated)")
    if chosen != "resident" or memory_gb:
        bound = f" of {room / 1e9:.3g} GB" if room != float("inf") else ""
        _say(f"{name}: policy {chosen}, about {needs[chosen] / 1e9:.3g} GB{bound} on {device} (estimated)")
    spare = room - needs[chosen] + reserve
    kept = int(min(keep_bytes, spare))
    return Plan(policy=chosen, device=device, dtype=dtype, needed_bytes=needs[chosen], keep_bytes=kept)


def weight_bytes(parts: Sequence[Part], dtype_bytes: int, policies: Sequence[str] = PIPELINE) -> dict[str, int]:
    """Bytes of weights that lie on the device at a time, by policy.

    Of offload: the VAE, which works at both ends, and the largest of the others. Of group: two of the largest tensors
    of each component, the one at work and the next. Of fp8, int8 and int4: linear layers shrunk, all else as it is.
    """
    sizes = {part.name: part.bytes(dtype_bytes) for part in parts}
    others = [size for name, size in sizes.items() if name != "vae"]
    needs = {
        "resident": sum(sizes.values()),
        "offload": sizes.get("vae", 0) + max(others, default=0),
        "group": sum(2 * part.largest * dtype_bytes for part in parts),
        **{one: sum(part.bytes(dtype_bytes, shrunk) for part in parts) for one, shrunk in SHRUNK.items()},
    }
    return {one: needs[one] for one in policies}


def _free_bytes(device: str) -> float:
    import torch

    return torch.cuda.mem_get_info(device)[0] if device.startswith("cuda") else float("inf")


def _missing(policy: str, device: str) -> str:
    """Why a policy is not chosen here; empty where it may be."""
    if device == "cpu" and policy in POINTLESS_ON_CPU:
        return "needs a GPU"
    library = LIBRARIES.get(policy, "")
    return f"needs {library}, which is not installed" if library and not importlib.util.find_spec(library) else ""


def _aside(policy: str, device: str) -> str:
    return f" ({why})" if (why := _missing(policy, device)) else ""


def _check(name: str, policy: str, policies: Mapping[str, int], device: str) -> None:
    """raises   UnknownName, MissingWeights, BadInput for a policy that was asked for and cannot be had"""
    if policy not in policies:
        raise UnknownName(f"policy of {name}", policy, policies)
    why = _missing(policy, device)
    if why.startswith("needs a GPU") and policy in NEEDS_GPU:
        raise BadInput(f"policy {policy} {why} and {name} is on {device}; leave it out, or take fp8")
    if policy in LIBRARIES and why:
        raise MissingWeights(f"policy {policy} of {name} {why}; install it, or take fp8, which needs nothing more")
