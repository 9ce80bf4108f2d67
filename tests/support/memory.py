"""Memory of a process that runs thousands of tests: libraries are left out of every collection, a file's tests let go.

A worker holds 374,000 objects of imported libraries. The models' code collects garbage after each load and each batch
that did not fit, and looking through all of them took 0.2 s each time: 10 of the 15 CPU seconds of test_batch_size.py.
"""

import ctypes
import gc


def set_aside():
    """Leave what is imported by now out of all later collections."""
    _release()
    gc.freeze()


def release_after(item, nextitem):
    """Give back what the tests of a file held, and what its own functions cached, when the last of them has ended."""
    if nextitem is None or nextitem.path != item.path:
        for function in _cached_by(getattr(item, "module", None)):
            function.cache_clear()
        _release()


def _cached_by(module):
    """The functions of a test file itself that cache; a cell of a notebook has no module."""
    functions = vars(module).values() if module else ()
    return [each for each in functions if hasattr(each, "cache_clear") and each.__module__ == module.__name__]


def _release():
    """Collect, and have glibc give back the freed memory that it keeps for itself; others have no such call."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
