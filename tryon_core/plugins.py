"""Flows, models and roles of one's own by name, also headless: modules named in $TRYON_PLUGINS add lines to the tables.

    TRYON_PLUGINS=my_flows papermill --engine tryon notebooks/10_batch.ipynb out.ipynb -p flow my_search

The modules are imported the first time that a name is looked up. A run names flows and models, never modules, so that
opening a run that one was given imports nothing.
"""

import os
from functools import cache
from importlib import import_module

from .errors import BadInput


@cache
def load_plugins() -> None:
    """raises BadInput where a module cannot be imported"""
    for name in filter(None, (part.strip() for part in os.environ.get("TRYON_PLUGINS", "").split(","))):
        try:
            import_module(name)
        except ImportError as e:
            raise BadInput(
                f"TRYON_PLUGINS names {name!r}, which cannot be imported ({e}); put its folder into PYTHONPATH"
            ) from e
