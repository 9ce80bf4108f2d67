"""An evaluation as it is kept: numbers, what each picture scored, and the card without which they say nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ..errors import BadInput, Damaged
from ..records import Record
from ..text import first_problem
from .protocol import Card

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 3  # samples that were left out


class Row(Record):
    """One number of an evaluation: the mean over `pictures`, or one number of them all; None with the reason."""

    metric: str
    value: float | None
    unit: str
    better: str
    pictures: int
    reason: str = ""


class Evaluation(Record):
    """What was measured, and on which terms.

    results   where the pictures were
    scores    sample id -> metric -> its number, or the reason why there is none
    persons   sample id -> who is shown: samples of one person are alike, so tests are over persons
    left_out  sample id -> why it was not scored at all
    caution   what is no result: toys and scripted models; '' where all is real
    """

    results: str
    card: Card
    rows: tuple[Row, ...]
    scores: dict[str, dict[str, float | str]]
    persons: dict[str, str]
    left_out: dict[str, str] = {}
    caution: str = ""

    def table(self) -> "pd.DataFrame":
        """By metric: value (NaN where there is none), unit, better, pictures, reason."""
        import pandas as pd

        table = pd.DataFrame([row.model_dump() for row in self.rows]).set_index("metric")
        return table.astype({"value": "float64"})

    def __str__(self) -> str:
        """The numbers, what was left out, and the card, in words."""
        return "\n".join([*([self.caution] if self.caution else []), self.results, *self._lines(), "", str(self.card)])

    def _lines(self) -> Iterator[str]:
        for row in self.rows:
            said = f"unscored: {row.reason}" if row.value is None else f"{row.value:.4f} over {row.pictures} pictures"
            yield f"  {row.metric:<20}{said}{f' ({row.reason})' if row.value is not None and row.reason else ''}"
        for name, reason in list(self.left_out.items())[:_SHOWN]:
            yield f"  left out: {name}: {reason}"
        if (more := len(self.left_out) - _SHOWN) > 0:
            yield f"  ... and {more} more"


def read_evaluation(path: Path) -> Evaluation:
    """An evaluation that was written as JSON; raises BadInput where there is none, Damaged where it cannot be read"""
    try:
        return Evaluation.model_validate_json(path.read_bytes())
    except OSError as e:
        raise BadInput(f"{path}: cannot be read ({e.strerror}); give the JSON that an evaluation wrote") from e
    except ValidationError as e:
        raise Damaged(f"{path} is no evaluation ({first_problem(e)}); give the JSON that one wrote") from e
