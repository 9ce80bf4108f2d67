"""Flows, models and roles of one's own by name, also headless: modules named in $TRYON_PLUGINS add lines to the tables.

    TRYON_PLUGINS=my_flows papermill --engine tryon notebooks/10_batch.ipynb out.ipynb -p flow my_search

The modules are imported the first time that a name is looked up. A model that is a plain function needs no line:
by_path.py. A run may name such a function, but only a module of $TRYON_PLUGINS is imported for it, so that opening a
run that one was given imports nothing of its choice.
"""

import os
from functools import cache
from importlib import import_module

from ..errors import BadInput


@cache
def load_plugins() -> None:
    """raises BadInput where a module cannot be imported"""
    for name in plugin_names():
        try:
            import_module(name)
        except ImportError as e:
            raise BadInput(
                f"TRYON_PLUGINS names {name!r}, which cannot be imported ({e}); put its folder into PYTHONPATH"
            ) from e


def plugin_names() -> list[str]:
    """The modules that $TRYON_PLUGINS names."""
    return [name for part in os.environ.get("TRYON_PLUGINS", "").split(",") if (name := part.strip())]
