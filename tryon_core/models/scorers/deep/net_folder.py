"""A network of convolutions in a folder: config.json and model.safetensors, written by scorers.convert.

What a network does with its layers is plain code beside it; their sizes are those of the tensors.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ....errors import BadInput, MissingWeights
from ...device.memory import config_of, parts_of
from ...device.options import WholeOptions
from ...device.residency import Plan, decide, placed
from ...hub.weights import Checkpoint, find

WEIGHTS, CONFIG = "model.safetensors", "model_index.json"  # the latter of a folder of several networks
How = Callable[[str, tuple[int, int]], dict[str, Any]]  # (layer, kernel) -> its stride and padding


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """A folder to write into, which is there once all of it is written. raises   BadInput where it is there already"""
    if folder.exists():
        raise BadInput(f"{folder} is there already; give a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        made = Path(beside) / "new"
        made.mkdir()
        yield made
        made.rename(folder)


def write_net(folder: Path, config: Mapping[str, Any], tensors: Mapping[str, Any]) -> None:
    """raises   BadInput where the folder is there already"""
    from safetensors.torch import save_file

    with appearing(folder) as made:
        (made / "config.json").write_text(json.dumps(config, indent=1))
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, made / WEIGHTS)


def conv_net(tensors: Mapping[str, Any], how: How) -> Any:
    """torch.nn.ModuleDict of convolutions, nested as their names are: 'Mixed_5b.branch1x1' is net['Mixed_5b'][...].

    tensors   'NAME.weight' (out, in, height, width) and, of some, 'NAME.bias'
    """
    import torch

    net = torch.nn.ModuleDict()
    for key, weight in tensors.items():
        name, _, kind = key.rpartition(".")
        if kind != "weight":
            continue
        *rooms, last = name.split(".")
        place = net
        for room in rooms:
            if room not in place:
                place[room] = torch.nn.ModuleDict()
            place = place[room]
        outputs, inputs, *kernel = weight.shape
        with torch.device("meta"):
            place[last] = torch.nn.Conv2d(
                inputs, outputs, tuple(kernel), bias=f"{name}.bias" in tensors, **how(name, tuple(kernel))
            )
    net.load_state_dict(dict(tensors), assign=True)
    return net.eval().requires_grad_(False)


def load_net(
    name: str, options: WholeOptions, how: How, working: Callable[[WholeOptions], int]
) -> tuple[Any, Checkpoint, Plan]:
    """The network on a device, with where it came from and how it is held.

    working   estimate of what a call takes beside the weights, in bytes, from the options with their device and dtype
    raises    MissingWeights; BadInput
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    options = placed(name, options)
    no_attention(name, options)
    checkpoint = find(name, options.weights, options.revision)
    plan = decide(name, parts_of(checkpoint.folder), working(options), options)
    try:
        tensors = load_file(checkpoint.folder / WEIGHTS)
    except (OSError, SafetensorError) as e:
        raise MissingWeights(f"{name}: {checkpoint.folder / WEIGHTS} is missing or damaged; convert it again") from e
    net = conv_net(tensors, how).to(plan.device, getattr(torch, plan.dtype))
    net.plan = plan  # for as long as the network lives
    return net, checkpoint, plan


def no_attention(name: str, options: WholeOptions) -> None:
    """raises   BadInput where attention is asked for"""
    if options.attention:
        raise BadInput(f"{name} has no choice of attention; leave it out")


def sources_of(folder: Path) -> str:
    """'vgg16-397923af.pth 397923af8e79, vgg.pth a78928a0af1e': the files it was converted from, by their SHA-256."""
    return ", ".join(f"{file} {sha256[:12]}" for file, sha256 in config_of(folder).get("sources", {}).items())
