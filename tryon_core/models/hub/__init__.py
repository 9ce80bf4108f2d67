"""The model hub, through its own client: what it says of a model, and the model's files in the client's cache.

A token comes from the environment or from .env (HF_TOKEN); one that a login left in a file is not looked at. It is
handed to huggingface_hub and nowhere written.
"""

import shutil
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from ...errors import MissingWeights
from ...text.scrubbing.secret import secret
from ..specs import Spec

FILES = ("*.json", "*.txt", "*.jinja", "*.model")  # and the weights: Spec.weight_files


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What the hub says of a model: its commit, and bytes of the files that are asked for, and of those not here."""

    commit: str
    all_bytes: int
    missing_bytes: int


def listed(spec: Spec, revision: str) -> Listed:
    """raises MissingWeights with what to do"""
    from huggingface_hub import HfApi, constants, try_to_load_from_cache
    from huggingface_hub import errors as hub

    asked = {"revision": revision, "files_metadata": True, "timeout": constants.HF_HUB_ETAG_TIMEOUT}
    try:
        info = HfApi(token=_token()).model_info(spec.repo, **asked)
    except (hub.HTTPError, OSError) as e:
        raise MissingWeights(f"{spec.name}: {_why(spec, revision, e)}") from e
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or [] if _wanted(spec, file.rfilename)}
    here = {name for name in sizes if isinstance(try_to_load_from_cache(spec.repo, name, revision=info.sha), str)}
    missing = sum(size for name, size in sizes.items() if name not in here)
    return Listed(commit=info.sha, all_bytes=sum(sizes.values()), missing_bytes=missing)


def snapshot(spec: Spec, revision: str, *, local_files_only: bool = False) -> Path | None:
    """The folder of a model's files, downloaded where they are not here; finished files are kept, whatever breaks.

    local_files_only  nothing is downloaded: None where there is no such folder; it may lack files
    raises            MissingWeights with what to do
    """
    from huggingface_hub import errors as hub
    from huggingface_hub import snapshot_download

    patterns = [*FILES, spec.weight_files]
    arguments = {"repo_id": spec.repo, "revision": revision, "allow_patterns": patterns, "token": _token()}
    try:
        return Path(snapshot_download(**arguments, local_files_only=local_files_only))
    except hub.LocalEntryNotFoundError as e:
        if local_files_only:
            return None
        raise MissingWeights(f"{spec.name}: {_why(spec, revision, e)}") from e
    except (hub.HTTPError, OSError) as e:
        raise MissingWeights(f"{spec.name}: {_why(spec, revision, e)}") from e


def _token() -> str | bool:
    return secret("HF_TOKEN") or False  # False: nor one from a file


def _why(spec: Spec, revision: str, error: Exception) -> str:
    """What went wrong with the hub and what to do, from the error of its client."""
    from huggingface_hub import errors as hub

    if isinstance(error, hub.OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set and the hub is not asked; unset it to download"

    gated = isinstance(error, hub.GatedRepoError)
    if isinstance(error, hub.RevisionNotFoundError):
        return f"{spec.repo} has no revision {revision!r}; give a commit, tag or branch that it has"
    if (gated or isinstance(error, hub.RepositoryNotFoundError)) and not secret("HF_TOKEN"):
        return (
            f"{spec.repo} is gated and HF_TOKEN is not set; set it to a token of an account that accepted its licence"
        )
    if gated:
        return f"HF_TOKEN may not read {spec.repo}; accept its licence ({spec.licence}) on its page with that account"
    if isinstance(error, hub.RepositoryNotFoundError):
        return f"the hub does not know {spec.repo} for this HF_TOKEN; see that the token is valid and may read it"
    response = getattr(error, "response", None)
    what = f"answered {response.status_code}" if response is not None else f"was not reached ({type(error).__name__})"
    return (
        f"{spec.repo} cannot be downloaded: the hub {what}; try again later, or give weights=FOLDER with a local copy"
    )


def _wanted(spec: Spec, name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in (*FILES, spec.weight_files))


def check_space(what: str, needed_bytes: int) -> int:
    """Bytes that are free on the cache's disk. raises MissingWeights where it has less room than the files need"""
    from huggingface_hub import constants

    place = Path(constants.HF_HUB_CACHE)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed_bytes > free:
        raise MissingWeights(
            f"{what} needs {needed_bytes / 1e9:.0f} GB of disk and {place} has {free / 1e9:.0f} GB free; "
            "make room or set HF_HOME to a larger disk"
        )
    return free
