"""Which version of an embedded model this is: it has no weights of ours, so the source that it reaches is its version.

The files are found by following imports, so a file that is added or moved counts from then on without being listed.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2]
LEFT_OUT = {  # data, errors, printed code and what is kept: a change of these changes no picture and no score
    "errors",
    "hints",
    "images",
    "records",
    "rubrics",
    "scales",
    "text",
    "models/hub/cache_folder",
    "models/embedded/revision",
    "models/diffusion/redraw",
    "models/device/shelf",
}
# The package imports itself by such lines only, in functions too. Parsing whole files would take five times as long.
_FROM = re.compile(r"^[ \t]*(from \.[\w.]* import (?:\([^)]*\)|[^(\n]+))", re.MULTILINE)


@cache
def source_digest(name: str, folder: str = "embedded") -> str:
    """The digest of 'warp' or 'measure', or of a module in another folder of models, as it runs in this process."""
    return digest_of(name, PACKAGE, folder)


def digest_of(name: str, package: Path, folder: str = "embedded") -> str:
    """First 16 hex digits of the SHA-256 over the Python files that a model of a package folder reaches."""
    together = hashlib.sha256()
    for path in sorted(reached(package / f"models/{folder}/{name}.py", package)):
        source = path.read_bytes().replace(b"\r\n", b"\n")
        together.update(path.relative_to(package).as_posix().encode() + b"\0" + source + b"\0")
    return together.hexdigest()[:16]


def reached(start: Path, package: Path) -> set[Path]:
    """`start`, the files of the package that it imports, those that they import, and so on; LEFT_OUT is not entered."""
    files = _files(package)
    found: set[Path] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [files[module] for module in _imported(path, package) if module in files]
    return found


def _files(package: Path) -> dict[str, Path]:
    """'pictures/masks' -> its file; a folder stands for its __init__."""
    files = {}
    for path in package.rglob("*.py"):
        module = path.relative_to(package).with_suffix("").as_posix().removesuffix("/__init__")
        if module not in LEFT_OUT and module.split("/")[0] not in LEFT_OUT:
            files[module] = path
    return files


def _imported(path: Path, package: Path) -> Iterator[str]:
    """What a file's relative imports may mean: the module they name, and each of the names as a module in it."""
    statements = "\n".join(_FROM.findall(path.read_text("utf-8")))
    for statement in ast.parse(statements).body:
        base = path.parents[statement.level - 1].relative_to(package)
        module = base.joinpath(*(statement.module or "").split("."))
        yield module.as_posix()
        yield from ((module / each.name).as_posix() for each in statement.names)
