"""What a model keeps between calls: values by key within a budget of bytes, the longest unused thrown out first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Shelf:
    """Values by key within a budget of bytes, in the order of their last use. size_of: bytes of a value"""

    def __init__(self, budget_bytes: int, size_of: Callable[[Any], int]):
        self.budget_bytes, self.size_of, self.bytes = budget_bytes, size_of, 0
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def take(self, key: Hashable) -> Any:
        """The value, which is not here any more."""
        value = self._values.pop(key)
        self.bytes -= self.size_of(value)
        return value

    def put(self, key: Hashable, value: Any) -> list[tuple[Hashable, Any]]:
        """Keep a value; returns what it left no room for, which is itself where it is larger than the whole budget."""
        if self.size_of(value) > self.budget_bytes:
            return [(key, value)]
        self._values[key] = value
        self.bytes += self.size_of(value)
        thrown_out = []
        while self.bytes > self.budget_bytes:
            oldest = next(iter(self._values))
            thrown_out.append((oldest, self.take(oldest)))
        return thrown_out


class Kept(Shelf):
    """Keeps values on the device they were made on. With `spill_bytes`, what is thrown out there is copied to the
    host's memory and copied back when it is asked for; copies are exact to the bit, so a value is what it was.

    A value too large for either budget is made and handed out, not kept. Any thread may ask. Values are made one at a
    time, whatever their keys: two who miss the same one wait for one making, and a second making at the same time would
    work in memory that no plan left room for; on one device it would gain nothing.

    spill_bytes        budget in the host's memory: tensors, pinned where they come from a GPU; PyTorch rounds each
                       pinned one up to a power of two, so up to twice as much is taken
    hits, misses       how often a value was there, here or in the host's memory, and was not
    spilled, returned  how often a value was copied to the host's memory, and back
    """

    def __init__(self, budget_bytes: int, size_of: Callable[[Any], int], *, spill_bytes: int = 0):
        super().__init__(budget_bytes, size_of)
        self.host = Shelf(spill_bytes, lambda away: size_of(away.value))
        self.hits = self.misses = self.spilled = self.returned = 0
        self._lock = threading.RLock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of `key`, made where it is not kept."""
        with self._lock:
            if key in self:
                self.hits += 1
                value = self.take(key)  # and put back below, as the last that was used
            elif key in self.host:
                self.hits += 1
                self.returned += 1
                value = self.host.take(key).brought_back()
            else:
                self.misses += 1
                value = make()
            for old, gone in self.put(key, value):
                if self.size_of(gone) <= self.host.budget_bytes:
                    self.spilled += 1
                    self.host.put(old, Away(gone))
            return value


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
