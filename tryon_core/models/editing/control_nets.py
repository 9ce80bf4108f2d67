"""The ControlNets of a generator: which, where their files are, and whether they fit the base, before anything is read.

A ControlNet is a copy of its base's encoder: its widths must be the base's, or its outputs cannot be added to it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import BadInput, MissingWeights, UnknownName
from ...roles import ControlMapper
from ...text import got
from ..hub.weights import Checkpoint, find
from ..specs import SPECS, TOY

CONTROLS = {"canny": "canny", "pose": "pose", "depth": "depth-anything-v2-small"}  # ControlNet -> who maps for it
WIDTHS = ("cross_attention_dim", "block_out_channels", "layers_per_block")
Given = str | Sequence[str] | Mapping[str, str]


@dataclass(frozen=True)
class Control:
    """One ControlNet. kind: of CONTROLS"""

    kind: str
    checkpoint: Checkpoint


def find_controls(name: str, controlnets: Given) -> tuple[Control, ...]:
    """The ControlNets of generator `name`, in order.

    controlnets  a kind or several of CONTROLS; or kind -> a local folder in the hub's layout
    raises       UnknownName, BadInput for what is none of these; MissingWeights
    """
    folders = _by_kind(name, controlnets)
    toy = TOY if name.startswith(TOY) else ""
    return tuple(Control(kind, find(f"{toy}sd15-control-{kind}", folder)) for kind, folder in folders.items())


def _by_kind(name: str, controlnets: Any) -> dict[str, str]:
    if isinstance(controlnets, str):
        controlnets = [controlnets]
    if not isinstance(controlnets, Mapping):
        if not isinstance(controlnets, Sequence) or len(set(map(str, controlnets))) < len(controlnets):
            raise BadInput(f"controlnets of {name} are different names of {', '.join(CONTROLS)}, {got(controlnets)}")
        controlnets = dict.fromkeys(controlnets, "")
    for kind, folder in controlnets.items():
        if kind not in CONTROLS:
            raise UnknownName(f"ControlNet of {name}", str(kind), CONTROLS)
        if not isinstance(folder, str):
            raise BadInput(f"the {kind} ControlNet of {name} is given by its folder, {got(folder)}")
    if not controlnets:
        raise BadInput(f"{name} needs at least one ControlNet; there are {', '.join(CONTROLS)}")
    return dict(controlnets)


def mappers_of(name: str, controls: Sequence[Control]) -> tuple[ControlMapper, ...]:
    """What makes the map of each; for a toy generator a toy where there is one."""
    from .. import load

    mappers = [CONTROLS[control.kind] for control in controls]
    toys = {mapper: TOY + mapper for mapper in mappers if name.startswith(TOY) and mapper in SPECS}
    return tuple(load(toys.get(mapper, mapper), "control_mapper") for mapper in mappers)


def check_widths(name: str, base: Path, controls: Sequence[Control]) -> None:
    """raises   BadInput for a ControlNet that was made for a base of other widths"""
    unet = _config(base / "unet/config.json")
    for control in controls:
        net = _config(control.checkpoint.folder / "config.json")
        apart = [
            f"{width} {net.get(width)} against {unet.get(width)}"
            for width in WIDTHS
            if net.get(width) != unet.get(width)
        ]
        if apart:
            raise BadInput(
                f"the {control.kind} ControlNet in {control.checkpoint.folder} does not fit the base of {name} in "
                f"{base}: {', '.join(apart)}; take a ControlNet that was made for this base"
            )


def _config(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as e:
        raise MissingWeights(f"{path} is missing or damaged; copy or download it again") from e
