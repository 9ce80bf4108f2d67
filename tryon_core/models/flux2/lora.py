"""A LoRA on FLUX.2 Klein's transformer: a local safetensors file, and which LoRAs act at this moment."""

import functools
import hashlib
import itertools
import textwrap
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...errors import BadInput, MissingWeights
from ...text import got, shortened

PICKLED = (".bin", ".pt", ".pth", ".ckpt")
MOST_SCALE = 1e6
ADAPTER = "lora"  # what it is called in the pipeline: pipe.set_adapters("lora", 0.5)


@dataclass(frozen=True)
class Lora:
    """A file that was found, and how much of it is added. digest: first 16 hex digits of the file's SHA-256."""

    path: Path
    digest: str
    scale: float

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size


def find_lora(name: str, lora: str, scale: float) -> Lora | None:
    """The file of a LoRA for model `name`; None for ''.

    lora     a .safetensors file, or a folder that holds one; nothing is downloaded
    raises   MissingWeights where it, or the library peft, is not there; BadInput for a pickle, for a folder with
             several files, for what is no safetensors file, and for a scale that is no number
    """
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not -MOST_SCALE <= scale <= MOST_SCALE:
        raise BadInput(f"lora_scale of {name} is a finite number, got {shortened(repr(scale))}")
    if not isinstance(lora, str):
        raise BadInput(f"lora of {name} is the path of a file, {got(lora)}")
    if not lora:
        if scale != 1:
            raise BadInput(f"{name} was given lora_scale {scale:g} and no lora; give lora=FILE.safetensors too")
        return None
    path = _file(Path(lora).expanduser())
    _check_header(path)
    if not find_spec("peft"):
        raise MissingWeights(f"lora of {name} needs peft, which is not installed; install it")
    with path.open("rb") as file:
        return Lora(path, hashlib.file_digest(file, "sha256").hexdigest()[:16], float(scale))


def _file(path: Path) -> Path:
    """The one safetensors file that a path means."""
    if path.is_dir():
        found = sorted(path.glob("*.safetensors"))
        pickled = sorted(one for one in path.iterdir() if one.suffix in PICKLED)
        if len(found) > 1:
            names = ", ".join(one.name for one in found)
            raise BadInput(f"{path} holds {len(found)} LoRA files ({names}); give the path of one of them")
        if not found and not pickled:
            raise MissingWeights(f"{path} holds no .safetensors; give a LoRA's file or its folder")
        path = (found or pickled)[0]
    if not path.is_file():
        raise MissingWeights(f"there is no LoRA at {str(path)!r}; give a .safetensors file that is on this machine")
    if path.suffix != ".safetensors":
        raise BadInput(f"{path} is no .safetensors file; a pickle can run code and is not loaded: convert it")
    return path


def _check_header(path: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as tensors:
            if not any("lora" in key or "lokr" in key for key in tensors.keys()):
                raise BadInput(f"{path} holds no LoRA: none of its tensors is called so; give another file")
    except SafetensorError as e:
        raise BadInput(f"{path} is cut off or no safetensors file ({e}); copy or download it again") from e


def attach(pipe: Any, name: str, lora: Lora) -> None:
    """Add the LoRA to a loaded pipeline's transformer; call it before the pipeline is placed on its device.

    raises   BadInput for a LoRA that was made for another model
    """
    try:
        pipe.load_lora_weights(
            str(lora.path.parent),
            weight_name=lora.path.name,
            adapter_name=ADAPTER,
            use_safetensors=True,
            local_files_only=True,
        )
    except (ValueError, RuntimeError, KeyError) as e:
        raise _misfit(name, lora, textwrap.shorten(str(e), 200, placeholder=" ...")) from e
    if not acting(pipe, pipe.transformer):
        raise _misfit(name, lora, "no tensor in it is named after a layer of this transformer")
    pipe.set_adapters(ADAPTER, lora.scale)


def _misfit(name: str, lora: Lora, why: str) -> BadInput:
    return BadInput(f"{lora.path.name} is no LoRA for {name} ({why}); give one that was made for it")


def acting(pipe: Any, part: Any) -> tuple:
    """What LoRAs do to a component of the pipeline at this moment: hashable, () where nothing does.

    Read from the layers themselves, so that whatever switched them (set_adapters, disable_lora, another LoRA under an
    old name) is seen: for each layer which adapters are merged or active, which weights of which, how strong. A LoRA
    that was fused and unloaded is seen by its name alone; after fusing it anew at another scale take a new Flux2Klein.
    """
    fused = tuple(sorted(pipe.fused_loras))
    if not getattr(part, "peft_config", None):
        return fused
    from peft.tuners.tuners_utils import BaseTunerLayer

    layers = ((name, layer) for name, layer in part.named_modules() if isinstance(layer, BaseTunerLayer))
    return (*fused, *((name, *state) for name, layer in layers if (state := _of_layer(layer))))


def _of_layer(layer: Any) -> tuple[tuple, ...]:
    """(name, merged, scale, numbers of its weights) of each adapter that acts in a layer."""
    merged = layer.merged_adapters
    active = [] if layer.disable_adapters else [one for one in layer.active_adapters if one in layer.scaling]
    return tuple(
        (one, one in merged, layer.scaling[one], *_weights(layer, one)) for one in dict.fromkeys([*merged, *active])
    )


def _weights(layer: Any, adapter: str) -> list[int]:
    held = (getattr(layer, kind) for kind in layer.adapter_layer_names)
    return [_number(one[adapter]) for one in held if adapter in one]


def _number(weight: Any) -> int:
    """The number of a module or parameter: never given again, as an address would be when it is gone."""
    numbers, following = _numbers()
    if weight not in numbers:
        numbers[weight] = next(following)
    return numbers[weight]


@functools.cache
def _numbers() -> tuple[Any, "itertools.count[int]"]:
    from torch.utils.weak import WeakIdKeyDictionary

    return WeakIdKeyDictionary(), itertools.count()
