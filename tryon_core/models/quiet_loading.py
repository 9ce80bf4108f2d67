"""What libraries say while a model is loaded that nobody here can act on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

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
