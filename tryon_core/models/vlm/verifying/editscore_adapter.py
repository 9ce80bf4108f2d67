"""A LoRA in peft's layout laid over a loaded Qwen3-VL model, once and for all."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ....errors import BadInput, MissingWeights
from ....text import one_line

WEIGHTS = "adapter_model.safetensors"


def check_peft(name: str) -> None:
    """raises MissingWeights without the library peft"""
    if find_spec("peft") is None:
        raise MissingWeights(f"{name} needs the library peft, which is not installed; install it")


def merged(name: str, model: Any, folder: Path) -> Any:
    """The model with the adapter in its own weights, as EditScore's project runs it.

    folder   adapter_config.json and WEIGHTS
    raises   BadInput for an adapter that was made for another model, or of which a tensor finds no place
    """
    from peft import PeftModel, get_peft_model_state_dict

    try:
        with_adapter = PeftModel.from_pretrained(model, str(folder), torch_device=str(model.device))
    except (ValueError, RuntimeError, KeyError, TypeError) as e:
        raise _misfit(name, folder, one_line(str(e))[:200]) from e
    placed = set(get_peft_model_state_dict(with_adapter, save_embedding_layers=False))  # else it asks the hub
    in_file = _tensors(folder)
    if placed != in_file:
        raise _misfit(name, folder, f"{len(in_file - placed)} of its {len(in_file)} tensors have no place in it")
    return with_adapter.merge_and_unload().eval()


def _tensors(folder: Path) -> set[str]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder / WEIGHTS, framework="pt") as file:
            return set(file.keys())
    except SafetensorError as e:
        raise BadInput(f"{folder / WEIGHTS} is cut off or no safetensors file ({e}); copy or download it again") from e


def _misfit(name: str, folder: Path, why: str) -> BadInput:
    return BadInput(f"{folder} is no adapter for the base of {name} ({why}); give the base that it was made for")
