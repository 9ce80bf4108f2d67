"""Published state dicts to folders of safetensors, once: `python -m tryon_core.models.scorers.convert NAME ...`.

    lpips          --backbone vgg16-397923af.pth --heads lpips/weights/v0.1/vgg.pth --output FOLDER
    lpips-alex     --backbone alexnet-owt-7be5be79.pth --heads lpips/weights/v0.1/alex.pth --output FOLDER
    inception-fid  --backbone pt_inception-2015-12-05-6726825d.pth --output FOLDER
    aesthetic      --heads sac+logos+ava1-l14-linearMSE.pth --output FOLDER
    image-reward   --backbone ImageReward.pt --vocabulary vocab.txt (of bert-base-uncased) --output FOLDER

The files are yours to bring; nothing is downloaded. A pickled file is read by PyTorch as weights alone, so that it can
run no code. The folder's config.json keeps the SHA-256 of each file, which a metric names.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ...errors import BadInput, MissingWeights, TryonError
from .deep.image_reward_files import write_image_reward
from .deep.inception_net import shapes
from .deep.lpips_net import BACKBONES, HEADS
from .deep.net_folder import write_net
from .linear_head import LAYERS

Tensors = Mapping[str, Any]
_NORM_EPS = 0.001  # of torchvision's BasicConv2d


Files = Mapping[str, Path]  # argument -> file


@dataclass(frozen=True)
class Recipe:
    """How the files of a network become its folder.

    files  arguments that it needs
    write  (files, new folder, name of each file -> its SHA-256)
    """

    files: tuple[str, ...]
    write: Callable[[Files, Path, Mapping[str, str]], None]


def convert(name: str, output: Path, **files: Path | None) -> None:
    """Write the folder that models.load takes as `weights`.

    name     of RECIPES
    output   a new folder
    files    backbone, heads and vocabulary, those that the recipe names
    raises   BadInput for a file that is another network's or is no state dict, for one too many or too few, for a
             folder that is there; MissingWeights for a file that is not there
    """
    recipe, given = RECIPES[name], {each: path for each, path in files.items() if path is not None}
    if given.keys() != set(recipe.files):
        asked = " and ".join(f"--{each}" for each in recipe.files)
        raise BadInput(f"{name} is made of {asked}, got {' and '.join(f'--{each}' for each in given) or 'none'}")
    for path in given.values():
        if not path.is_file():
            raise MissingWeights(f"there is no file {path}")
    sources = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in given.values()}
    try:
        recipe.write(given, output, sources)
    except KeyError as e:
        raise BadInput(f"{name}: there is no {e} in {', '.join(map(str, given.values()))}; see --help") from e


def read_state_dict(path: Path) -> Tensors:
    """Tensors by name, float32, on the host. raises   BadInput"""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

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


def _lpips(kind: str, files: Files, output: Path, sources: Mapping[str, str]) -> None:
    network, fitted = read_state_dict(files["backbone"]), read_state_dict(files["heads"])
    layers = [f"{layer}.{part}" for layer in BACKBONES[kind].layers for part in ("weight", "bias")]
    kept = {key: network[key] for key in layers}
    heads = {f"{head}.weight": fitted[f"{head}.model.1.weight"] for head in HEADS}
    lasts = [f"features.{stage[-1]}" for stage in BACKBONES[kind].stages]
    for head, layer in zip(HEADS, lasts, strict=True):
        wanted, weighed = len(kept[f"{layer}.weight"]), heads[f"{head}.weight"].shape[1]
        if wanted != weighed:
            raise BadInput(f"{head} weighs {weighed} channels and {layer} gives {wanted}; give heads of this backbone")
    write_net(output, {"model_type": "lpips", "net": kind, "sources": sources}, kept | heads)


def _inception(files: Files, output: Path, sources: Mapping[str, str]) -> None:
    """Batch norms folded into the convolutions before them, in double precision."""
    state, tensors = read_state_dict(files["backbone"]), {}
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
    write_net(output, {"model_type": "inception-fid", "sources": sources}, tensors)


def _aesthetic(files: Files, output: Path, sources: Mapping[str, str]) -> None:
    state = read_state_dict(files["heads"])
    head = {key: state[key] for layer in LAYERS for key in (f"{layer}.weight", f"{layer}.bias")}
    write_net(output, {"model_type": "laion-aesthetic", "sources": sources}, head)


def _image_reward(files: Files, output: Path, sources: Mapping[str, str]) -> None:
    write_image_reward(output, read_state_dict(files["backbone"]), files["vocabulary"], sources)


RECIPES: dict[str, Recipe] = {
    "lpips": Recipe(("backbone", "heads"), partial(_lpips, "vgg")),
    "lpips-alex": Recipe(("backbone", "heads"), partial(_lpips, "alex")),
    "inception-fid": Recipe(("backbone",), _inception),
    "aesthetic": Recipe(("heads",), _aesthetic),
    "image-reward": Recipe(("backbone", "vocabulary"), _image_reward),
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
    parser.add_argument("--vocabulary", type=Path, help="the words of a tokenizer, one a line")
    parser.add_argument("--output", type=Path, required=True, help="a new folder")
    given = parser.parse_args(arguments)
    try:
        convert(given.name, given.output, backbone=given.backbone, heads=given.heads, vocabulary=given.vocabulary)
    except TryonError as e:
        print(f"{type(e).__name__}: {e}", file=sys.stderr)
        return 1
    print(f"{given.name}: written to {given.output}; load it by weights={str(given.output)!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
