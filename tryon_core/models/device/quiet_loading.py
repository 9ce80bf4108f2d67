"""What libraries say while a model is loaded that nobody here can act on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

_SAYS_IT = "transformers.utils.import_utils"
_IT = "requires torchvision (not installed); falling back to"


@contextmanager
def torchvision_unmissed() -> Iterator[None]:
    """Leaves out, while it lasts, that transformers takes a class's twin where torchvision is not installed.

    It says so of every class that diffusers names, those that no pipeline here has too. All else is said.
    """

    def other(record: logging.LogRecord) -> bool:
        return _IT not in record.getMessage()

    logger = logging.getLogger(_SAYS_IT)
    logger.addFilter(other)
    try:
        yield
    finally:
        logger.removeFilter(other)


@contextmanager
def without_bars() -> Iterator[None]:
    """No progress bars of the libraries while it lasts: a toy is written and read in no time, and a bar stays in a
    notebook that was run headless."""
    libraries = [import_module(f"{name}.utils.logging") for name in ("transformers", "diffusers") if find_spec(name)]
    shown = [library for library in libraries if library.is_progress_bar_enabled()]
    for library in shown:
        library.disable_progress_bar()
    try:
        yield
    finally:
        for library in shown:
            library.enable_progress_bar()
