"""What a model keeps between calls: values by key within a budget of bytes, the longest unused thrown out first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Kept:
    """A cache bounded by bytes. A value larger than the whole budget is made and handed out, but not kept.

    hits, misses  how often a value was there and was not
    """

    def __init__(self, budget_bytes: int, size_of: Callable[[Any], int]):
        self.budget_bytes, self.size_of = budget_bytes, size_of
        self.bytes = self.hits = self.misses = 0
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of `key`, made where it is not kept."""
        with self._lock:
            if key in self._values:
                self.hits += 1
                self._values.move_to_end(key)
                return self._values[key]
            self.misses += 1
            value = make()
            self._values[key] = value
            self.bytes += self.size_of(value)
            while self.bytes > self.budget_bytes:
                self.bytes -= self.size_of(self._values.popitem(last=False)[1])
            return value


def tensor_bytes(value: Any) -> int:
    """Bytes of a tensor, or of all tensors in a tuple, list or dict of them."""
    if hasattr(value, "nelement"):
        return value.nelement() * value.element_size()
    parts = value.values() if isinstance(value, dict) else value
    return sum(map(tensor_bytes, parts))
