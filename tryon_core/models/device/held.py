"""What a loaded model holds, counted by the storage of its tensors, so that weights that several share count once."""

import gc
import sys
from typing import Any

from .cache import Kept
from .managed import Managed
from .residency import Plan, keeping

Storages = dict[tuple[str, int], int]  # (device, address) -> bytes


def weights_of(model: Any) -> Storages:
    """The storages of all parameters and buffers of a model, or of the pipeline or network that it holds.

    Views of one storage, and modules that two models have in common, are the same entry. Nothing is counted of what is
    no PyTorch weight, such as the embedded models' networks of a few megabytes.
    """
    found: Storages = {}
    for module in _modules(model):
        for tensor in (*module.parameters(), *module.buffers()):
            found |= _storages(tensor)
    return found


def plan_of(model: Any) -> Plan | None:
    """What residency decided for a model; None for one that it did not place."""
    holders = [model, *_parts(model)]
    return next((plan for holder in holders if isinstance(plan := vars(holder).get("plan"), Plan)), None)


def device_of(model: Any) -> str:
    """Where residency put a model, also one that a manager has put out of memory; '' for one that it did not place."""
    if isinstance(model, Managed):
        return model._slot.device
    plan = plan_of(model)
    return plan.device if plan else ""


def kept_bytes(model: Any) -> int:
    """What it keeps between calls at this moment, on its device."""
    return sum(part.held for part in _parts(model) if isinstance(part, Kept))


def keep_less(model: Any, keep_bytes: int) -> None:
    """Let a model keep less between calls: its plan promises no more, and what it has beyond that is thrown out."""
    old, holders = plan_of(model), [model, *_parts(model)]
    new = keeping(old, keep_bytes)
    for holder in holders:
        if isinstance(holder, Kept):
            holder.shrink(holder.budget * keep_bytes // old.keep_bytes)
        elif vars(holder).get("plan") is old:
            holder.plan = new


def free_unused() -> None:
    """Give back what nothing uses any more; a pipeline and its hooks hold one another until this."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def _storages(tensor: Any) -> Storages:
    """Of a tensor, or of those that a quantised one is made of."""
    if hasattr(tensor, "__tensor_flatten__"):
        names, _ = tensor.__tensor_flatten__()
        return {key: size for name in names for key, size in _storages(getattr(tensor, name)).items()}
    storage = tensor.untyped_storage()
    return {(str(tensor.device), storage.data_ptr()): storage.nbytes()} if storage.nbytes() else {}


def _modules(model: Any) -> list[Any]:
    """PyTorch's modules in a model; none where PyTorch is not even loaded."""
    torch = sys.modules.get("torch")
    return [part for part in (model, *_parts(model)) if isinstance(part, torch.nn.Module)] if torch else []


def _parts(model: Any) -> list[Any]:
    """The objects with attributes that a model is made of: its own, and those of our classes and pipelines in it."""
    parts: dict[int, Any] = {}
    waiting = list(vars(model).values())
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict | list | tuple):
            waiting += part.values() if isinstance(part, dict) else part
        elif id(part) not in parts and hasattr(part, "__dict__") and not isinstance(part, type):
            parts[id(part)] = part
            if type(part).__module__.startswith("tryon_core.models") or hasattr(part, "components"):
                waiting += vars(part).values()
    return list(parts.values())
