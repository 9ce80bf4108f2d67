"""API keys and tokens: from the environment, else from a file `.env`.

A value of the file goes to whoever asks for it by name and never into os.environ: child processes inherit that, and
lists of processes show it.
"""

import logging
import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

VARIABLE = "TRYON_ENV_FILE"  # another file in place of the two
HANDED_OUT: set[str] = set()  # values of a file that this process has used, and that others may say again
_CHECKOUT = Path(__file__).resolve().parents[2]


def secret(name: str) -> str:
    """The value of a variable, '' where there is none. One that the environment has counts, even where it is empty.

    name   of the variable, such as GEMINI_API_KEY
    """
    if name in os.environ:
        return os.environ[name]
    value = in_files().get(name, "")
    HANDED_OUT.add(value)
    return value


def in_files() -> dict[str, str]:
    """All that `.env` says: the one of the current folder before the one of the project's folder."""
    values: dict[str, str] = {}
    for path in reversed(_files()):
        try:
            state = path.stat()
        except OSError:  # there is none, or none that we may see
            continue
        values |= _read(path, state.st_mtime_ns, state.st_size)
    return values


def _files() -> list[Path]:
    if os.environ.get(VARIABLE):
        return [Path(os.environ[VARIABLE])]
    is_checkout = (_CHECKOUT / "pyproject.toml").is_file()
    return [Path.cwd() / ".env", *([_CHECKOUT / ".env"] if is_checkout else [])]


@lru_cache(maxsize=8)
def _read(path: Path, changed_ns: int, size: int) -> dict[str, str]:
    """The file's lines as they stand: '$' in a key is a '$'. Read anew when the file has changed."""
    if find_spec("dotenv") is None:
        return _unread(path, "the library python-dotenv is not installed; run `make setup`")
    from dotenv import dotenv_values

    try:
        values = dotenv_values(path, interpolate=False)
    except (OSError, ValueError) as e:  # no file, no permission, no UTF-8; its bytes are not repeated
        return _unread(path, f"{type(e).__name__}; it must be a text file that you may read")
    return {name: value for name, value in values.items() if value}


def _unread(path: Path, why: str) -> dict[str, str]:
    logging.getLogger(__name__).warning(f"{path} is not read: {why}")
    return {}
