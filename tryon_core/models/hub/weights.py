"""Where a large model's files are: a folder in the hub's layout, or the hub's own cache, downloaded where allowed.

Only safetensors are ever loaded.
"""

import functools
import hashlib
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import BadInput, MissingWeights
from ...records import ModelCard
from ...text import got, shortened
from ..device.layouts import LAYOUTS
from ..specs import SPECS, TOY, Spec
from ..toy import toy_folder
from . import check_space, listed, snapshot

_SAMPLED_BYTES = 1 << 20  # of each weight file, at three places: names a checkpoint without reading all of it


@dataclass(frozen=True)
class Checkpoint:
    """A model's files on this machine, by name."""

    name: str
    spec: Spec
    folder: Path
    revision: str

    def card(self, **settings: Any) -> ModelCard:
        """What a run records of it."""
        toy = self.name.startswith(TOY)
        return ModelCard(
            name=self.name,
            revision=self.revision,
            licence="none: random weights" if toy else self.spec.licence,
            kind="toy" if toy else "real",
            settings=settings,
            source=f"random weights in the classes of {self.spec.repo}" if toy else self.spec.repo,
        )


def find(name: str, weights: str = "", revision: str = "") -> Checkpoint:
    """The files of a model of specs.SPECS, or of its toy.

    name      'flux2-klein-9b', or 'toy:flux2-klein-9b' for random weights in the same classes, built where needed
    weights   a local folder in the hub's layout; empty: the hub's cache, or a download where the hub may be asked
    revision  of the hub's repository, in place of the spec's: a commit, tag or branch; the commit is recorded. A branch
              that is in the cache is taken from there, even where the hub has a newer commit of it
    raises    MissingWeights with what to do: no such folder, a file missing in it, no network, no token, licence not
              accepted, no space; BadInput for a revision of what has none, for weights of another class
    """
    spec = SPECS[name.removeprefix(TOY)]
    if name.startswith(TOY) and not weights:
        weights = str(toy_folder(spec.family))
    for option, value in (("weights", weights), ("revision", revision)):
        if not isinstance(value, str) or not value.isprintable():
            raise BadInput(f"{option} of {name} is text, {got(value)}")
    if weights and revision:
        raise BadInput(f"{name} is a folder here and has no revision {revision!r}; leave one of the two out")
    if not name.startswith(TOY) and not spec.commercial:
        _tell_licence(name, spec.repo, spec.licence)
    if weights:
        folder = _folder(weights)
        found = local_revision(folder)
        _check_layout(name, spec, folder)
        return Checkpoint(name, spec, folder, found)
    if spec.converted:
        raise MissingWeights(
            f"{name}: {spec.repo} publishes no safetensors; convert its files once by `{spec.converted}`, then give "
            "weights=FOLDER"
        )
    folder = _from_hub(spec, revision or spec.revision)
    check_links(folder)
    _check_layout(name, spec, folder)
    return Checkpoint(name, spec, folder, folder.name)  # a snapshot's folder is named by its commit


def _folder(weights: str) -> Path:
    try:
        return Path(weights).expanduser()
    except RuntimeError as e:
        raise MissingWeights(f"there is no home folder for {weights!r}; give the whole path of the weights") from e


def check_links(folder: Path) -> None:
    """raises   MissingWeights for a link whose file is gone, as a cache that was cleaned or moved leaves them"""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and not path.exists():
            raise MissingWeights(
                f"{path} is a link to {os.readlink(path)}, which is not there; download it again, or copy the folder "
                "with what its links lead to (cp -rL)"
            )


def _check_layout(name: str, spec: Spec, folder: Path) -> None:
    """raises   MissingWeights for a file that is missing or damaged; BadInput for weights of another class"""
    layout = LAYOUTS[spec.family]
    for patterns in layout.files:
        if not any(any(folder.glob(pattern)) for pattern in patterns.split("|")):
            raise MissingWeights(
                f"{name}: {folder} holds no {patterns.replace('|', ' or ')}; give a folder that holds the whole of "
                f"{spec.repo} in the hub's layout, or download it again"
            )
    file, key, begins = layout.kind
    try:
        kind = str(json.loads((folder / file).read_text()).get(key))
    except (ValueError, AttributeError, RecursionError, OSError) as e:
        raise MissingWeights(f"{name}: {folder / file} is damaged; copy or download it again") from e
    if not kind.startswith(begins) or kind in layout.others:
        raise BadInput(f"{name} is a {begins} and {folder} holds a {shortened(kind)}; give the folder of {spec.repo}")


@functools.cache
def _tell_licence(name: str, repo: str, licence: str) -> None:
    """Once a process, on stderr; a run has it in the model's card."""
    logging.getLogger(__name__).warning(f"{name}: {repo} is under the {licence} and may not be used commercially")


def local_revision(folder: Path) -> str:
    """'local-' and 16 hex digits: of every JSON file, and of each weight file's size and three samples of its bytes.

    raises   MissingWeights where there is no such folder, no checkpoint in it, or a file of it cannot be read; BadInput
             for pickled weights
    """
    try:
        is_folder = folder.is_dir()
    except OSError:  # a name that is too long, a place that may not be looked at
        is_folder = False
    if not is_folder:
        raise MissingWeights(f"there is no folder {str(folder)!r}; give one that holds the model in the hub's layout")
    check_links(folder)
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        pickled = next(iter(sorted([*folder.rglob("*.bin"), *folder.rglob("*.pt"), *folder.rglob("*.ckpt")])), None)
        if pickled:
            raise BadInput(f"{pickled} is a pickle and can run code; only safetensors are loaded: convert it")
        raise MissingWeights(f"{folder} holds no .safetensors; give a folder that holds the model in the hub's layout")
    found = hashlib.sha256()
    for path in sorted([*folder.rglob("*.json"), *weights]):
        try:
            found.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
            found.update(path.read_bytes() if path.suffix == ".json" else _sampled(path))
        except OSError as e:
            raise MissingWeights(f"{path} cannot be read ({e.strerror}); copy or download it again") from e
    return f"local-{found.hexdigest()[:16]}"


def _sampled(path: Path) -> bytes:
    """The first, the middle and the last mebibyte; the first holds the names and shapes of all tensors."""
    size = path.stat().st_size
    with path.open("rb") as file:
        parts = []
        for start in (0, size // 2, max(0, size - _SAMPLED_BYTES)):
            file.seek(start)
            parts.append(file.read(_SAMPLED_BYTES))
    return b"".join(parts)


def _from_hub(spec: Spec, revision: str) -> Path:
    """The snapshot's folder, which is named by its commit. One that a broken download left incomplete is none to the
    client, and its finished files are not fetched again."""
    from huggingface_hub import constants

    folder = snapshot(spec, revision, local_files_only=True)
    if folder:
        return folder
    if constants.HF_HUB_OFFLINE:
        raise MissingWeights(
            f"{spec.name}: {spec.repo} is not in the hub's cache and HF_HUB_OFFLINE is set; give "
            "weights=FOLDER with a local copy, or unset it to download"
        )
    check_space(spec.name, listed(spec, revision).missing_bytes)
    return snapshot(spec, revision)
