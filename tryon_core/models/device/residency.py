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
import math
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ...errors import BadInput, MissingWeights
from .memory import Part
from .needs import BUDGET, FORECASTING, Forecast, InCommon, Needs
from .options import DTYPES, PIPELINE, DeviceOptions

Options = TypeVar("Options", bound=DeviceOptions)

SHRUNK = {"fp8": 1.0, "int8": 1.0, "int4": 0.5625}  # bytes a weight; NF4: half a byte and a float32 for every 64
LIBRARIES = {"int8": "torchao", "int4": "bitsandbytes"}
MOVING = ("offload", "group")  # their weights come to the device when a call needs them
NEEDS_GPU = ("offload", "int4")
LEAST_KEPT = 2**28  # bytes for what is kept between calls; more where there is room

_say = logging.getLogger(__name__).warning  # without any set-up Python writes it to stderr, as the bare sentence


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What was decided; a model holds its plan (placing.py), and while it does the memory is taken as promised to it.

    needed_bytes    weights and the estimate of a call
    keep_bytes      may be kept between calls
    promised_bytes  what it will take beside what lies on the device once it is loaded
    """

    policy: str
    device: str
    dtype: str
    needed_bytes: int
    keep_bytes: int
    promised_bytes: int = 0


_plans: weakref.WeakValueDictionary[int, Plan] = weakref.WeakValueDictionary()  # of the models there are now, by id


def placed(name: str, options: Options) -> Options:
    """The options with their device and dtype filled in: cuda and bfloat16 where there is a GPU, else cpu and float32.

    raises   BadInput for a device that is not there, or a policy that it cannot have; MissingWeights for a policy whose
             library is not installed
    """
    import torch

    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    filled = replace(options, device=device, dtype=options.dtype or ("float32" if device == "cpu" else "bfloat16"))
    if FORECASTING.get():
        return filled
    gpus = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    there = ["cpu", *(["cuda"] if gpus else []), *gpus]
    if device.startswith("cuda") and not gpus:
        raise BadInput(f"{name} was to be loaded on {device} and torch sees no GPU; leave device out or give 'cpu'")
    if device not in there:
        raise BadInput(f"{name} was to be loaded on {device!r}, which is not here; there are: {', '.join(there)}")
    check_policy(name, options.policy, device)
    return filled


def check_policy(name: str, policy: str, device: str) -> None:
    """raises   MissingWeights, BadInput for a policy that was asked for and cannot be had on a device"""
    why = _missing(policy, device)
    if policy in LIBRARIES and "installed" in why:
        extra = "pip install -e '.[quantized]'"
        raise MissingWeights(f"policy {policy} of {name} {why}; run {extra}, or take fp8, which needs nothing more")
    if why:
        raise BadInput(f"policy {policy} {why} and {name} is on {device}; leave it out, or take fp8")


def decide(
    name: str, parts: Sequence[Part], working_bytes: int, options: DeviceOptions, common: InCommon | None = None
) -> Plan:
    """The first policy that fits, or the one that was asked for; what was chosen is said where it was not plain.

    working_bytes  estimate of what a call for `options.at_once` samples takes beside the weights
    options        with their device and dtype (`placed`). Where they name no memory_gb the bound is what is free on the
                   GPU and promised to no model of this process; without a GPU there is none. Under a BUDGET the
                   policy is the one that fits without the other models, which then make room
    common         weights that are in memory already. A memory_gb or a BUDGET is for all that the model uses, with
                   them; of what is free on the GPU they take nothing more
    raises         BadInput, with the numbers, for what cannot fit
    """
    needs = _needs(name, parts, working_bytes, options)
    if FORECASTING.get():
        raise Forecast(needs)
    device, room = options.device, options.memory_gb * 1e9 if options.memory_gb else free_bytes(options.device)
    budget = BUDGET.get()
    beside = {policy: common.storages(policy) if common else {} for policy in needs.weights}
    if budget:
        room = budget.room(room)
    elif not options.memory_gb:
        needs = replace(needs, weights={one: size - sum(beside[one].values()) for one, size in needs.weights.items()})
    chosen = needs.first(room)
    if chosen is None:
        raise _does_not_fit(needs, room)
    if chosen != "resident" or options.memory_gb:
        bound = f" of {room / 1e9:.3g} GB" if room != float("inf") else ""
        _say(f"{name}: policy {chosen}, about {needs.total(chosen) / 1e9:.3g} GB{bound} on {device} (estimated)")
    if budget:
        there = sum(beside[chosen].values())
        room = min(room, budget.freed(name, needs.total(chosen) - there, device, beside[chosen]) + there)
    kept = int(min(options.keep_bytes, room - needs.total(chosen) + needs.reserve))
    plan = Plan(
        policy=chosen,
        device=device,
        dtype=options.dtype,
        needed_bytes=needs.total(chosen),
        keep_bytes=kept,
        promised_bytes=working_bytes + kept + (needs.weights[chosen] if chosen in MOVING else 0),
    )
    return _promised(plan)


def keeping(plan: Plan, keep_bytes: int) -> Plan:
    """The plan with so much kept between calls."""
    promised = plan.promised_bytes - plan.keep_bytes + keep_bytes
    return _promised(replace(plan, keep_bytes=keep_bytes, promised_bytes=promised))


def _promised(plan: Plan) -> Plan:
    _plans[id(plan)] = plan
    return plan


def _needs(name: str, parts: Sequence[Part], working_bytes: int, options: DeviceOptions) -> Needs:
    """Under every policy, or the one that was asked for."""
    weights = weight_bytes(parts, DTYPES[options.dtype], options.POLICIES)
    tried = [options.policy] if options.policy else list(weights)
    return Needs(
        name=name,
        device=options.device,
        dtype=options.dtype,
        at_once=options.at_once,
        weights={policy: weights[policy] for policy in tried},
        barred={policy: "" if options.policy else _why_not(policy, options.device) for policy in tried},
        working=working_bytes,
        reserve=min(options.keep_bytes, LEAST_KEPT),
    )


def _does_not_fit(needs: Needs, room: float) -> BadInput:
    """What each policy would need, why some cannot be had, and how many samples at once would fit."""
    asides = {policy: f" ({why})" if why else "" for policy, why in needs.barred.items()}
    numbers = ", ".join(f"{policy} {needs.total(policy) / 1e9:.3g} GB{asides[policy]}" for policy in needs.weights)
    least = min((needs.total(policy) for policy in needs.weights if not needs.barred[policy]), default=float("inf"))
    fewer = _fewer(needs.at_once, needs.working, least - room)
    return BadInput(
        f"{needs.name} does not fit in {room / 1e9:.3g} GB of {needs.device}; it would need: {numbers} "
        f"(estimated{fewer})"
    )


def _fewer(at_once: int, working_bytes: int, missing_bytes: float) -> str:
    """How many at a time were planned with, and how many would fit; what a call works with is proportional to them."""
    if at_once == 1 or not working_bytes:
        return ""
    fit = at_once - math.ceil(missing_bytes * at_once / working_bytes) if missing_bytes < float("inf") else 0
    instead = f"{fit} would fit" if fit > 0 else "not even 1 would fit"
    return f" for {at_once} at a time, of which {instead}: at_once, which is max_batch in a run"


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


def free_bytes(device: str) -> float:
    """What is free on the device and promised to no model of this process."""
    import torch

    if not device.startswith("cuda"):
        return float("inf")
    unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(
        device
    )  # held by PyTorch for its next use
    promised = sum(plan.promised_bytes for plan in _plans.values() if _number(plan.device) == _number(device))
    return max(0, torch.cuda.mem_get_info(device)[0] + unused - promised)


def _number(device: str) -> str:
    return device.partition(":")[2] or "0" if device.startswith("cuda") else device


def _missing(policy: str, device: str) -> str:
    """What a policy needs that is not here; empty where it can be had."""
    if device == "cpu" and policy in NEEDS_GPU:
        return "needs a GPU"
    library = LIBRARIES.get(policy, "")
    return f"needs {library}, which is not installed" if library and not importlib.util.find_spec(library) else ""


def _why_not(policy: str, device: str) -> str:
    """Why a policy is not chosen where none was asked for; empty where it may be."""
    if device == "cpu" and policy == "group":
        return "saves nothing without a GPU"
    return _missing(policy, device)
