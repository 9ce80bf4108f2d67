"""The theme of the notebook that shows a figure: told, or read from JupyterLab's settings on this disk."""

import inspect
import os
import re
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from ...errors import UnknownName
from .palette import DARK, LIGHT, Theme

VARIABLE = "TRYON_THEME"
_NAMED = {"light": LIGHT, "dark": DARK}
_CHOSEN = re.compile(r'^\s*"theme"\s*:\s*"([^"]*)"', re.MULTILINE)  # JSON with comments, each on a line of its own
_ADAPTIVE = re.compile(r'^\s*"adaptive-theme"\s*:\s*true', re.MULTILINE)


def notebook_theme() -> Theme:
    """The theme that TRYON_THEME names ('light', 'dark'), else the one chosen in JupyterLab, in a notebook; else light.

    A theme that follows the machine's is not known here: then it is light.
    raises   UnknownName where TRYON_THEME names no theme
    """
    named = os.environ.get(VARIABLE, "").strip().lower()
    if named:
        if named not in _NAMED:
            raise UnknownName(f"theme ({VARIABLE})", named, _NAMED)
        return _NAMED[named]
    return lab_theme(_settings_folder()) if _in_notebook() else LIGHT


def lab_theme(user_settings: Path) -> Theme:
    """DARK where the theme chosen in JupyterLab is called dark; `user_settings` is its folder of settings."""
    chosen = user_settings / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    text = chosen.read_text(encoding="utf-8") if chosen.is_file() else ""
    name = _CHOSEN.search(text)
    return DARK if name and "dark" in name[1].lower() and not _ADAPTIVE.search(text) else LIGHT


def _settings_folder() -> Path:
    from jupyter_core.paths import jupyter_config_dir

    return Path(os.environ.get("JUPYTERLAB_SETTINGS_DIR") or Path(jupyter_config_dir()) / "lab" / "user-settings")


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this, rather than a script or a terminal."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython.get_ipython() if ipython else None, "kernel", None) is not None


Draw = Callable[..., Any]


def themed(draw: Draw) -> Draw:
    """A function of a `theme` that gets the notebook's where none is given."""
    signature = inspect.signature(draw, follow_wrapped=False)  # what it is called with, not what it wraps

    @wraps(draw)
    def drawn(*args: Any, **options: Any) -> Any:
        given = signature.bind(*args, **options)
        given.arguments["theme"] = given.arguments.get("theme") or notebook_theme()
        return draw(*given.args, **given.kwargs)

    return drawn
