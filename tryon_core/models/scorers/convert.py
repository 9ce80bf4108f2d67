"""Published state dicts to folders of safetensors, once: `python -m tryon_core.models.scorers.convert NAME ...`.

    lpips          --backbone vgg16-397923af.pth --heads lpips/weights/v0.1/vgg.pth --output FOLDER
    lpips-alex     --backbone alexnet-owt-7be5be79.pth --heads lpips/weights/v0.1/alex.pth --output FOLDER
    inception-fid  --backbone pt_inception-2015-12-05-6726825d.pth --output FOLDER
    aesthetic      --heads sac+logos+ava1-l14-linearMSE.pth --output FOLDER

The files are yours to bring; nothing is downloaded. A pickled file is read by PyTorch as weights alone, so that it can
run no code. The folder's config.json keeps the SHA-256 of each file, which a metric names.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import BadInput, MissingWeights, TryonError
from .clip.aesthetic import HEAD_LAYERS
from .deep.inception_net import shapes
from .deep.lpips_net import BACKBONES, HEADS
from .deep.net_folder import write_net

Tensors = Mapping[str, Any]
_NORM_EPS = 0.001  # of torchvision's BasicConv2d


@dataclass(frozen=True)
class Recipe:
    """How the files of a network become its folder.

    files    of --backbone and --heads, those that it needs
    config   of the folder
    tensors  the files' tensors, by argument -> those of the folder
    """

    files: tuple[str, ...]
    config: Mapping[str, Any]
    tensors: Callable[[Mapping[str, Tensors]], dict[str, Any]]


def convert(name: str, output: Path, **files: Path) -> None:
    """Write the folder that models.load takes as `weights`.

    name     of RECIPES
    output   a new folder
    files    backbone and heads, as the recipe says: .pth or .safetensors
    raises   BadInput for a file that is another network's, is no state dict, or is missing; for a folder that is there
    """
    recipe = RECIPES[name]
    given = {each for each, path in files.items() if path is not None}
    if given != set(recipe.files):
        raise BadInput(f"{name} is made of --{' and --'.join(recipe.files)}, got {sorted(given) or 'none'}")
    read = {each: read_state_dict(files[each]) for each in recipe.files}
    sources = {files[each].name: hashlib.sha256(files[each].read_bytes()).hexdigest() for each in recipe.files}
    try:
        tensors = recipe.tensors(read)
    except KeyError as e:
        paths = " and ".join(str(files[each]) for each in recipe.files)
        raise BadInput(f"{name}: there is no {e} in {paths}; give the files that the help names") from e
    write_net(output, {**recipe.config, "sources": sources}, tensors)


def read_state_dict(path: Path) -> Tensors:
    """Tensors by name, float32, on the host. raises   MissingWeights, BadInput"""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not path.is_file():
        raise MissingWeights(f"there is no file {path}")
    more_than_weights = torch.serialization.pickle.UnpicklingError
    try:
        if path.suffix == ".safetensors":
            read = load_file(path)
        else:
            read = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, more_than_weights, RuntimeError, EOFError, OSError, ValueError) as e:
        why = str(e).strip().splitlines()[0] if str(e).strip() else type(e).__name__
        raise BadInput(
            f"{path} cannot be read as weights alone ({why}); give a state dict, .pth or .safetensors"
        ) from e
    if not isinstance(read, Mapping) or not all(isinstance(each, torch.Tensor) for each in read.values()):
        raise BadInput(f"{path} is no state dict of tensors by name; give one, not a whole model")
    return {key: tensor.float() if tensor.is_floating_point() else tensor for key, tensor in read.items()}


def _lpips(kind: str) -> Callable[[Mapping[str, Tensors]], dict[str, Any]]:
    def tensors(files: Mapping[str, Tensors]) -> dict[str, Any]:
        layers = [f"{layer}.{part}" for layer in BACKBONES[kind].layers for part in ("weight", "bias")]
        heads = {f"{head}.weight": files["heads"][f"{head}.model.1.weight"] for head in HEADS}
        kept = {key: files["backbone"][key] for key in layers}
        lasts = [f"features.{stage[-1]}" for stage in BACKBONES[kind].stages]
        for head, layer in zip(HEADS, lasts, strict=True):
            wanted, got = len(kept[f"{layer}.weight"]), heads[f"{head}.weight"].shape[1]
            if wanted != got:
                raise BadInput(f"{head} weighs {got} channels and {layer} gives {wanted}; give heads of this backbone")
        return kept | heads

    return tensors


def _inception(files: Mapping[str, Tensors]) -> dict[str, Any]:
    """Batch norms folded into the convolutions before them, in double precision."""
    state, tensors = files["backbone"], {}
    for layer, (inputs, outputs, kernel) in shapes().items():
        weight = state[f"{layer}.conv.weight"]
        if tuple(weight.shape) != (outputs, inputs, *kernel):
            raise BadInput(
                f"{layer}.conv.weight is {tuple(weight.shape)} and InceptionV3's is {(outputs, inputs, *kernel)}; give "
                "pt_inception-2015-12-05-6726825d.pth"
            )
        scale, bias, mean, variance = (
            state[f"{layer}.bn.{part}"].double() for part in ("weight", "bias", "running_mean", "running_var")
        )
        by = scale / (variance + _NORM_EPS).sqrt()
        tensors[f"{layer}.weight"] = (weight.double() * by[:, None, None, None]).float()
        tensors[f"{layer}.bias"] = (bias - mean * by).float()
    return tensors


def _aesthetic(files: Mapping[str, Tensors]) -> dict[str, Any]:
    return {key: files["heads"][key] for layer in HEAD_LAYERS for key in (f"{layer}.weight", f"{layer}.bias")}


RECIPES: dict[str, Recipe] = {
    "lpips": Recipe(("backbone", "heads"), {"model_type": "lpips", "net": "vgg"}, _lpips("vgg")),
    "lpips-alex": Recipe(("backbone", "heads"), {"model_type": "lpips", "net": "alex"}, _lpips("alex")),
    "inception-fid": Recipe(("backbone",), {"model_type": "inception-fid"}, _inception),
    "aesthetic": Recipe(("heads",), {"model_type": "laion-aesthetic"}, _aesthetic),
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tryon_core.models.scorers.convert",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--backbone", type=Path, help="state dict of the network for pictures")
    parser.add_argument("--heads", type=Path, help="state dict of what was fitted on it")
    parser.add_argument("--output", type=Path, required=True, help="a new folder")
    given = parser.parse_args(arguments)
    try:
        convert(given.name, given.output, backbone=given.backbone, heads=given.heads)
    except TryonError as e:
        print(f"{type(e).__name__}: {e}", file=sys.stderr)
        return 1
    print(f"{given.name}: written to {given.output}; load it by weights={str(given.output)!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
