"""An arena that was run elsewhere and written down: tests/benchmarks/search_bench.py --write FILE."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import BadInput
from ..streams.spend import PICTURES, UNITS


@dataclass(frozen=True)
class Quoted:
    """What was written down of one contest.

    command            what makes it again
    samples, pictures  how many samples, and pictures per sample and strategy
    tables             name -> table, as winning, over_budget and hacking have them
    """

    command: str
    samples: int
    pictures: int
    tables: Mapping[str, pd.DataFrame]

    @property
    def unit_words(self) -> str:
        return UNITS[PICTURES].words


def quoted(path: str | PathLike[str]) -> dict[str, Quoted]:
    """Contest -> what was written down of it. raises BadInput for a file that is not there, or is no such document"""
    make = "make it by python tests/benchmarks/search_bench.py --write FILE"
    try:
        document = json.loads(Path(path).read_text())
    except (OSError, ValueError) as e:
        raise BadInput(f"{path} cannot be read ({e}); {make}") from e
    try:
        return {name: _contest(each) for name, each in document.items()}
    except (KeyError, AttributeError, TypeError) as e:
        raise BadInput(f"{path} holds no tables of an arena ({type(e).__name__}: {e}); {make}") from e


def _contest(document: Mapping[str, Any]) -> Quoted:
    tables = {name: pd.DataFrame(rows) for name, rows in document["tables"].items()}
    return Quoted(document["command"], document["samples"], document["pictures"], tables)
