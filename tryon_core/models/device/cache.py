"""What a large model keeps between calls: tensors on its device, what has no room there in the host's memory."""

import logging
import threading
from collections.abc import Callable, Hashable
from typing import Any

from .shelf import Shelf


class Kept(Shelf):
    """Keeps values on the device they were made on. With `spill_bytes`, what is thrown out there is copied to the
    host's memory and copied back when it is asked for; copies are exact to the bit, so a value is what it was.

    Values are made one at a time, whatever their keys: a second making at the same time would work in memory that no
    plan left room for; on one device it would gain nothing.

    spill_bytes        budget in the host's memory: tensors, pinned where they come from a GPU; PyTorch rounds each
                       pinned one up to a power of two, so up to twice as much is taken
    hits               of the device and of the host's memory
    spilled, returned  how often a value was copied to the host's memory, and back
    """

    def __init__(self, budget_bytes: int, size_of: Callable[[Any], int], *, spill_bytes: int = 0):
        super().__init__(budget_bytes, size_of)
        self.host = Shelf(spill_bytes, lambda away: size_of(away.value))
        self.spilled = self.returned = 0
        self._making = threading.RLock()

    def room(self, expected: int = 1) -> int:
        """On the device and in the host's memory together: a value is in one of them."""
        return super().room(expected) + self.host.budget // max(self.largest or expected, 1)

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with self._making:
            return super().get(key, make)

    def made(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Brought back where the host has it, else made."""
        if key not in self.host:
            return super().made(key, make)
        self.hits += 1
        self.returned += 1
        return self.host.take(key).brought_back()

    def gone(self, key: Hashable, value: Any) -> None:
        """Copied to the host where that has room for it at all."""
        if self.size_of(value) <= self.host.budget:
            self.spilled += 1
            self.host.put(key, Away(value))


def samples_kept(*shelves: tuple[Kept, int]) -> int | None:
    """How many samples in turn find again what was kept of them; None where nothing is kept.

    With more of them in flight each throws out what another needs next, so that nothing is ever found again.

    shelves  each with the size that a sample's value is expected to have, in bytes
    """
    return min((kept.room(expected) for kept, expected in shelves), default=0) or None


def say_what_fits(name: str, kept: Kept, expected: int, at_once: int) -> None:
    """Said where less is kept than the samples of one batch have, so that nothing of them is found again.

    kept, expected  what a model keeps of each sample, and about how many bytes of it
    """
    if kept.budget and kept.room(expected) < at_once:
        fewer = f"; or take at_once (max_batch in a run) {kept.room(expected)}" if kept.room(expected) else ""
        logging.getLogger(__name__).warning(
            f"{name} keeps {kept.budget / 2**30:.3g} GiB between calls and a sample takes up to "
            f"{expected / 2**30:.3g} GiB: that is {kept.room(expected)} samples for {at_once} at a time, so what was "
            f"kept is not found again; give it more keep_gib, spill_gib or memory_gb{fewer}"
        )


class Away:
    """A copy of tensors in the host's memory, that knows which device they came from."""

    def __init__(self, value: Any):
        self.device = next(_tensors(value)).device
        self.value = _mapped(value, _on_host)

    def brought_back(self) -> Any:
        """A copy where they came from. From pinned memory it is not waited for: the device's next work comes after."""
        return _mapped(self.value, lambda one: one.to(self.device, non_blocking=True, copy=True))


def tensor_bytes(value: Any) -> int:
    """Bytes of a tensor, or of all tensors in a tuple, list or dict of them."""
    return sum(one.nelement() * one.element_size() for one in _tensors(value))


def _on_host(tensor: Any) -> Any:
    import torch

    return torch.empty_like(tensor, device="cpu", pin_memory=tensor.is_cuda).copy_(tensor)


def _tensors(value: Any):
    if hasattr(value, "nelement"):
        yield value
        return
    for part in value.values() if isinstance(value, dict) else value:
        yield from _tensors(part)


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same tuples, lists and dicts with other tensors in them."""
    if hasattr(value, "nelement"):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(part, change) for key, part in value.items()}
    return type(value)(_mapped(part, change) for part in value)
