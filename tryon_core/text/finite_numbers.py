"""Numbers that can be written as JSON."""

import math
from typing import Any

from ..errors import BadInput


def check_finite(name: str, value: Any) -> None:
    """raises BadInput for a number that is not finite, however deep: a record of it could not be read again"""
    if isinstance(value, float) and not math.isfinite(value):
        raise BadInput(f"{name} holds {value}, which is no finite number")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        check_finite(name, inner)
