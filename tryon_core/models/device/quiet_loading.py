"""What libraries say while a model is loaded or asked that nobody here can act on."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

_LOADING = "transformers.utils.import_utils"
_UNMISSED = "requires torchvision (not installed); falling back to"
_TOKENIZING = "transformers.tokenization_utils_base"


def torchvision_unmissed() -> AbstractContextManager[None]:
    """Leaves out, while it lasts, that transformers takes a class's twin where torchvision is not installed.

    It says so of every class that diffusers names, those that no pipeline here has too. All else is said.
    """
    return unsaid({_LOADING: _UNMISSED})


def clip_cut_short(pipeline: Any) -> AbstractContextManager[None]:
    """Leaves out, while it lasts, that CLIP reads the first 77 tokens alone, where T5 reads all of the words, too."""
    return unsaid(
        {_TOKENIZING: "Token indices sequence length", type(pipeline).__module__: "because CLIP can only handle"}
    )


@contextmanager
def unsaid(sentences: Mapping[str, str]) -> Iterator[None]:
    """Leaves out, while it lasts, what holds these words: logger -> a part of the sentence."""
    filters = [(logging.getLogger(name), _without(part)) for name, part in sentences.items()]
    for logger, other in filters:
        logger.addFilter(other)
    try:
        yield
    finally:
        for logger, other in filters:
            logger.removeFilter(other)


def _without(part: str) -> Callable[[logging.LogRecord], bool]:
    return lambda record: part not in record.getMessage()


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
