"""Components that several pipelines of one process have alike are loaded once: text encoders, VAE, what sees pictures.

Alike are those of equal files that are held in the same way. Tokenizers are not shared: they are small, and one that
several threads ask at a time cuts words at another's length (19 of 2,000 calls of four threads).
"""

import filecmp
import json
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from .held import Storages, weights_of
from .needs import FORECASTING
from .options import PipelineOptions
from .residency import Plan

SHARED = ("text_encoder", "text_encoder_2", "vae", "image_encoder", "image_embedder")
# Policies whose weights lie still. Of the others fp8 casts a layer at each call, and what is moved has the hooks of the
# pipeline it is in: two models that work at the same time would disturb each other.
STILL = ("resident", "int8", "int4")
# A VAE of videos, as Qwen-Image's, keeps what its layers saw on itself while it works: two that called it at the same
# time would see each other's pictures
ONE_CALL = "clear_cache"
_OF_NO_WEIGHT = ("_name_or_path", "_diffusers_version", "_commit_hash", "transformers_version", "torch_dtype", "dtype")


class Place(NamedTuple):
    """Where a component came from and how it is held.

    stamp    name, size and time of each of its files, so that one whose files were changed since is not taken for them
    """

    folder: Path
    stamp: tuple
    device: str
    dtype: str
    policy: str
    tiling: bool


@dataclass(frozen=True)
class Common:
    """What a model that is being loaded has in common with others; it is not given up while somebody holds this.

    modules   policy -> component -> module
    """

    modules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def components(self, policy: str, folder: Path) -> dict[str, Any]:
        """Arguments of from_pretrained of a pipeline from this folder."""
        return {part: module for part, module in self.modules.get(policy, {}).items() if (folder / part).is_dir()}

    def storages(self, policy: str) -> Storages:
        modules = self.modules.get(policy, {}).values()
        return {key: size for module in modules for key, size in weights_of(module).items()}


_there: weakref.WeakValueDictionary[Place, Any] = weakref.WeakValueDictionary()
_lock = threading.Lock()


def in_common(folders: Sequence[Path], options: PipelineOptions) -> Common:
    """What is in memory already of the components in these folders.

    options   with their device and dtype
    """
    if FORECASTING.get():
        return Common()
    parts = [folder / part for folder in folders for part in SHARED if (folder / part).is_dir()]
    modules: dict[str, dict[str, Any]] = {policy: {} for policy in STILL}
    with _lock:
        for place, module in list(_there.items()):
            for part in parts:
                wanted = _place(part, place.policy, options)._replace(folder=place.folder, stamp=_stamp(place.folder))
                if wanted == place and same_files(part, place.folder):
                    modules[place.policy][part.name] = module
    return Common(modules)


def share(pipe: Any, folder: Path, plan: Plan, options: PipelineOptions) -> None:
    """Let later pipelines have the components of one that was loaded from a folder and placed."""
    if plan.policy not in STILL:
        return
    with _lock:
        for part in SHARED:
            module = getattr(pipe, part, None)
            if (folder / part).is_dir() and module is not None and not hasattr(module, ONE_CALL):
                _there.setdefault(_place(folder / part, plan.policy, options), module)


def _place(part: Path, policy: str, options: PipelineOptions) -> Place:
    tiling = options.tiling and part.name == "vae"
    return Place(part, _stamp(part), options.device, options.dtype, policy, tiling)


def _stamp(part: Path) -> tuple:
    return tuple((path.name, *_size_and_time(path)) for path in sorted(part.glob("*")))


def _size_and_time(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def same_files(one: Path, other: Path) -> bool:
    """Whether two folders hold the same component: weights equal to the byte, a configuration that means the same."""
    if one.resolve() == other.resolve():
        return True
    names = [sorted(path.name for path in folder.glob("*.safetensors")) for folder in (one, other)]
    if names[0] != names[1] or _meaning(one) != _meaning(other):
        return False
    return all(_same_bytes((one / name).resolve(), (other / name).resolve()) for name in names[0])


def _meaning(folder: Path) -> dict[str, Any]:
    """A component's configuration without who wrote it."""
    config = json.loads((folder / "config.json").read_text())
    return {key: value for key, value in config.items() if key not in _OF_NO_WEIGHT}


def _same_bytes(one: Path, other: Path) -> bool:
    """The hub's cache names a file by the digest of its bytes; other files are compared, where they have one size."""
    in_cache = one.parent.name == other.parent.name == "blobs"
    if one.stat().st_size != other.stat().st_size:
        return False
    return (in_cache and one.name == other.name) or filecmp.cmp(one, other, shallow=False)
