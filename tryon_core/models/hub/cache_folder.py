"""Where model files that we fetch or build are kept: `$TRYON_CACHE`, else the user's cache."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """`$TRYON_CACHE`, else `$XDG_CACHE_HOME/tryon_core`, else `~/.cache/tryon_core`; not created here."""
    if os.environ.get("TRYON_CACHE"):
        return Path(os.environ["TRYON_CACHE"]).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "tryon_core"
