"""Which version of the embedded models this is: there are no weights of ours, so the source is the version."""

import hashlib
from functools import cache
from pathlib import Path


@cache
def source_digest() -> str:
    """First 16 hex digits of the SHA-256 over the embedded package's Python files and the feature tools they use."""
    here = Path(__file__).parent
    core = here.parent.parent
    files = [*sorted(here.rglob("*.py")), core / "pictures/features.py", core / "pictures/masks.py"]
    together = hashlib.sha256()
    for path in files:
        source = path.read_bytes().replace(b"\r\n", b"\n")
        together.update(path.relative_to(core).as_posix().encode() + b"\0" + source + b"\0")
    return together.hexdigest()[:16]
