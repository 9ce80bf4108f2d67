"""A network of convolutions in a folder: config.json and model.safetensors, written by scorers.convert.

What a network does with its layers is plain code beside it; their sizes are those of the tensors.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ....errors import BadInput, MissingWeights
from ...device.memory import config_of, parts_of
from ...device.options import WholeOptions
from ...device.residency import Plan, decide, placed
from ...weights import Checkpoint, find

WEIGHTS = "model.safetensors"
How = Callable[[str, tuple[int, int]], dict[str, Any]]  # (layer, kernel) -> its stride and padding


def write_net(folder: Path, config: Mapping[str, Any], tensors: Mapping[str, Any]) -> None:
    """A folder that appears whole. raises   BadInput where there is something already"""
    from safetensors.torch import save_file

    if folder.exists():
        raise BadInput(f"{folder} is there already; give a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        made = Path(beside) / "new"
        made.mkdir()
        (made / "config.json").write_text(json.dumps(config, indent=1))
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, made / WEIGHTS)
        made.rename(folder)


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
    if options.attention:
        raise BadInput(f"{name} has no attention to choose; leave it out")
    checkpoint = find(name, options.weights, options.revision)
    plan = decide(name, parts_of(checkpoint.folder), working(options), options)
    try:
        tensors = load_file(checkpoint.folder / WEIGHTS)
    except (OSError, SafetensorError) as e:
        raise MissingWeights(f"{name}: {checkpoint.folder / WEIGHTS} is missing or damaged; convert it again") from e
    net = conv_net(tensors, how).to(plan.device, getattr(torch, plan.dtype))
    net.plan = plan  # for as long as the network lives
    return net, checkpoint, plan


def sources_of(checkpoint: Checkpoint) -> str:
    """'vgg16-397923af.pth 397923af8e79, vgg.pth a78928a0af1e': the files it was converted from, by their SHA-256."""
    files = config_of(checkpoint.folder).get("sources", {})
    return ", ".join(f"{file} {sha256[:12]}" for file, sha256 in files.items())
