"""How many calls a model takes together without running out of memory: found by trying, and remembered."""

import json
import logging
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import PositiveInt, TypeAdapter

from ...records import canonical
from ...roles import card_of
from ..hub.cache_folder import cache_folder
from .held import device_of, free_unused

GROW_AFTER = 8  # full batches that fitted, before one call more is tried; twice as many after each try that failed
_WORDS = ("out of memory", "can't allocate memory", "not enough memory")  # of PyTorch's errors, on a GPU and a CPU
_FILE = TypeAdapter(dict[str, dict[int, PositiveInt]])  # model and device -> pixels -> calls


def out_of_memory(error: BaseException | None) -> bool:
    """Whether memory ran out: PyTorch's own error, MemoryError, a RuntimeError that says so; or one as its cause."""
    if error is None:
        return False
    own = getattr(sys.modules.get("torch"), "OutOfMemoryError", MemoryError)
    says = isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _WORDS)
    return isinstance(error, MemoryError | own) or says or out_of_memory(error.__cause__)


@dataclass
class Limit:
    """How many calls fit, as far as is known: `fitted` full batches in a row; one more is tried after `patience`."""

    most: int
    fitted: int = 0
    patience: int = GROW_AFTER
    tried: int = 0  # the size that was grown to and has not fitted yet


@dataclass
class Fitting:
    """The limits of one model on one device, by the size of the pictures: halved where memory ran out, grown by one
    call after many batches that fitted. Empty until memory runs out for the first time.

    limits  pixels of the largest picture of a batch, rounded up to a power of two -> its limit
    key     model and device, under which they are remembered in the cache folder; '' where they are not
    """

    limits: dict[int, Limit] = field(default_factory=dict)
    key: str = ""

    def most(self, calls: Sequence[tuple]) -> int:
        """How many of the calls fit together."""
        limit = self.limits.get(_size(calls))
        return limit.most if limit else len(calls)

    def ran_out(self, calls: Sequence[tuple]) -> None:
        """So many were too many: half of them; where that was one more than had fitted before, one less."""
        size, count = _size(calls), len(calls)
        limit = self.limits.setdefault(size, Limit(count))
        grown = limit.tried == count
        limit.most, limit.tried, limit.fitted = count - 1 if grown else max(1, count // 2), 0, 0
        limit.patience *= 2 if grown else 1
        self._remember()
        free_unused()

    def fitted(self, calls: Sequence[tuple]) -> None:
        limit = self.limits.get(_size(calls))
        if limit is None or len(calls) < limit.most:
            return
        tried, limit.tried = limit.tried, 0
        if tried:
            self._remember()
        limit.fitted += 1
        if limit.fitted >= limit.patience:
            limit.most, limit.fitted = limit.most + 1, 0
            limit.tried = limit.most

    def _remember(self) -> None:
        """Sizes that were tried and fitted; a try that is under way is not among them."""
        if not self.key:
            return
        sizes = {size: limit.most - (limit.tried > 0) for size, limit in self.limits.items()}
        place = _place()
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=place.parent, delete=False) as file:
                json.dump(_kept() | {self.key: sizes}, file, indent=1)
            Path(file.name).replace(place)
        except OSError as e:
            logging.getLogger(__name__).warning(f"batch sizes are not remembered: {place}: {e.strerror or e}")


def remembered(model: Any) -> Fitting:
    """What was found out about a model on its device before, in this or an earlier process."""
    card = card_of(model)
    key = canonical([card.name, card.revision, card.settings, _device(device_of(model))])
    sizes = _kept().get(key, {})
    return Fitting({size: Limit(most) for size, most in sizes.items()}, key)


def _place() -> Path:
    return cache_folder() / "batch_sizes.json"


def _kept() -> dict[str, dict[int, int]]:
    """Nothing where the file cannot be read, or is not what we wrote: then sizes are found out again."""
    try:
        return _FILE.validate_json(_place().read_bytes())
    except (OSError, ValueError):
        return {}


def _device(device: str) -> str:
    """Its kind and memory, not its number: two equal cards fit as much."""
    if not device.startswith("cuda"):
        return device
    import torch

    properties = torch.cuda.get_device_properties(device)
    return f"{properties.name}, {properties.total_memory} bytes"


def _size(calls: Iterable[tuple]) -> int:
    """Pixels of the largest picture, rounded up to a power of two; 0 where there is none."""
    most = max((pixels for call in calls for argument in call for pixels in _pixels(argument)), default=0)
    return 1 << (most - 1).bit_length() if most else 0


def _pixels(argument: Any) -> Iterator[int]:
    """Of the pictures of a call: an image, a request's or a sample's."""
    if isinstance(argument, Image.Image):
        yield argument.width * argument.height
        return
    images = getattr(argument, "images", argument if isinstance(argument, list | tuple) else ())
    for image in images.values() if isinstance(images, Mapping) else images:
        if isinstance(image, Image.Image):
            yield image.width * image.height
    if size := getattr(getattr(argument, "settings", None), "size", None):
        yield size[0] * size[1]
