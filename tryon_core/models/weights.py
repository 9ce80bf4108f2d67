"""Where a large model's files are: a folder in the hub's layout, or the hub's own cache, downloaded where allowed.

Only safetensors are ever loaded. A token comes from the environment alone (HF_TOKEN, read by huggingface_hub).
"""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadInput, MissingWeights
from ..records import ModelCard
from .specs import SPECS, TOY, Spec
from .toy import toy_folder

FILES = ["*.json", "*.txt", "*.jinja", "*.model", "*.safetensors"]
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


def find(name: str, weights: str = "") -> Checkpoint:
    """The files of a model of specs.SPECS, or of its toy.

    name      'flux2-klein-9b', or 'toy:flux2-klein-9b' for random weights in the same classes, built where needed
    weights   a local folder in the hub's layout; empty: the hub's cache, or a download where the hub may be asked
    raises    MissingWeights with what to do: no such folder, no network, no token, licence not accepted, no space
    """
    spec = SPECS[name.removeprefix(TOY)]
    if name.startswith(TOY) and not weights:
        weights = str(toy_folder(spec.family))
    if weights:
        folder = Path(weights).expanduser()
        return Checkpoint(name, spec, folder, local_revision(folder))
    folder = _from_hub(spec)
    return Checkpoint(name, spec, folder, folder.name)  # a snapshot's folder is named by its commit


def local_revision(folder: Path) -> str:
    """'local-' and 16 hex digits: of every JSON file, and of each weight file's size and three samples of its bytes.

    raises   MissingWeights where there is no such folder or no checkpoint in it; BadInput for pickled weights
    """
    if not folder.is_dir():
        raise MissingWeights(f"there is no folder {str(folder)!r}; give one that holds the model in the hub's layout")
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        pickled = next(iter(sorted([*folder.rglob("*.bin"), *folder.rglob("*.pt"), *folder.rglob("*.ckpt")])), None)
        if pickled:
            raise BadInput(f"{pickled} is a pickle and can run code; only safetensors are loaded: convert it")
        raise MissingWeights(f"{folder} holds no .safetensors; give a folder that holds the model in the hub's layout")
    found = hashlib.sha256()
    for path in sorted([*folder.rglob("*.json"), *weights]):
        found.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
        found.update(path.read_bytes() if path.suffix == ".json" else _sampled(path))
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


def _from_hub(spec: Spec) -> Path:
    """The snapshot's folder, which is named by its commit."""
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub import errors as hub

    told = {"repo_id": spec.repo, "revision": spec.revision, "allow_patterns": FILES}
    try:
        return Path(snapshot_download(**told, local_files_only=True))
    except hub.LocalEntryNotFoundError as e:
        if constants.HF_HUB_OFFLINE:
            raise MissingWeights(
                f"{spec.name}: {spec.repo} is not in the hub's cache and HF_HUB_OFFLINE is set; give "
                "weights=FOLDER with a local copy, or unset it to download"
            ) from e
    endpoint = os.environ.get("HF_ENDPOINT")
    try:
        info = HfApi(endpoint=endpoint).model_info(spec.repo, revision=spec.revision, files_metadata=True)
        _check_space(spec, sum(file.size or 0 for file in info.siblings or [] if _wanted(file.rfilename)))
        return Path(snapshot_download(**told, endpoint=endpoint))
    except (hub.GatedRepoError, hub.RepositoryNotFoundError) as e:
        raise MissingWeights(f"{spec.name}: {_access(spec)}") from e
    except (hub.HfHubHTTPError, hub.LocalEntryNotFoundError, OSError) as e:
        raise MissingWeights(
            f"{spec.name}: {spec.repo} cannot be downloaded ({type(e).__name__}); see that this machine reaches the "
            "model hub, or give weights=FOLDER with a local copy"
        ) from e


def _access(spec: Spec) -> str:
    if not os.environ.get("HF_TOKEN"):
        return (
            f"{spec.repo} is gated and HF_TOKEN is not set; set it to a token of an account that accepted its licence"
        )
    return f"HF_TOKEN may not read {spec.repo}; accept its licence ({spec.licence}) on its page with that account"


def _wanted(name: str) -> bool:
    return any(Path(name).match(pattern) for pattern in FILES)


def _check_space(spec: Spec, needed_bytes: int) -> None:
    """raises MissingWeights where the cache's disk has less room than the files need"""
    from huggingface_hub import constants

    place = Path(constants.HF_HUB_CACHE)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed_bytes > free:
        raise MissingWeights(
            f"{spec.name} needs {needed_bytes / 1e9:.0f} GB of disk and {place} has {free / 1e9:.0f} GB free; "
            "make room or set HF_HOME to a larger disk"
        )
