"""Every model with its size and licence, as far as it is known before anything is loaded."""

from typing import NamedTuple

from . import TABLE
from .embedded import LICENCE
from .specs import SPECS


class Entry(NamedTuple):
    """One model in one role. parameters: billions, of the whole pipeline; or what stands for them"""

    name: str
    role: str
    parameters: str
    licence: str
    commercial: str  # yes, no, or unknown


def entries(*, commercial: bool = False) -> list[Entry]:
    """Every name of models.TABLE, by role; with `commercial` only those that may be used commercially."""
    found = [_entry(name, role, builder) for role, names in TABLE.items() for name, builder in names.items()]
    return [entry for entry in found if entry.commercial == "yes" or not commercial]


def _entry(name: str, role: str, builder: str) -> Entry:
    if name in SPECS:
        spec = SPECS[name]
        return Entry(name, role, f"{spec.parameters:g}", spec.licence, "yes" if spec.commercial else "no")
    if builder.startswith(".embedded."):
        return Entry(name, role, "embedded", LICENCE, "yes")
    return Entry(name, role, "unknown", "as its card says", "unknown")
