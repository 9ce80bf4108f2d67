"""An arena that was run elsewhere and written down: tests/benchmarks/search_bench.py --write FILE."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import pandas as pd

from ...errors import BadInput
from ..streams.spend import PICTURES, UNITS


@dataclass(frozen=True)
class Quoted:
    """What was written down of contests.

    command            what makes the file again
    samples, pictures  how many samples, and pictures per sample and strategy
    tables             contest -> name -> table, as winning, over_budget and hacking have them
    """

    command: str
    samples: int
    pictures: int
    tables: Mapping[str, Mapping[str, pd.DataFrame]]

    @property
    def unit_words(self) -> str:
        return UNITS[PICTURES].words


def quoted(path: str | PathLike[str]) -> Quoted:
    """raises BadInput for a file that is not there, or is no such document"""
    make = "make it by python tests/benchmarks/search_bench.py --write FILE"
    try:
        document = json.loads(Path(path).read_text())
    except (OSError, ValueError) as e:
        raise BadInput(f"{path} cannot be read ({e}); {make}") from e
    try:
        tables = {
            contest: {name: pd.DataFrame(rows) for name, rows in each.items()}
            for contest, each in document["tables"].items()
        }
        return Quoted(document["command"], document["samples"], document["pictures"], tables)
    except (KeyError, AttributeError, TypeError) as e:
        raise BadInput(f"{path} holds no tables of an arena ({type(e).__name__}: {e}); {make}") from e
