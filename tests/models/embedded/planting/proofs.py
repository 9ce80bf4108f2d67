"""Parameters of a test of which some run in `make test` and the others in `make prove`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest


def rest_by_proof(cases: Iterable[Sequence[Any]], is_kept: Callable[..., bool]) -> list[Any]:
    """The cases as parameters; one that `is_kept(*case)` turns down is a proof."""
    return [case if is_kept(*case) else pytest.param(*case, marks=pytest.mark.prove) for case in cases]
