"""The arms of one comparison in numbers: a row per arm, and the streams against each control arm as paired tests."""

from dataclasses import dataclass

import pandas as pd

from ...stats.comparing import Paired, holm, paired
from .arms import Arms
from .effects import rate


@dataclass(frozen=True)
class ArmTest:
    """The streams (A) against one control arm (B), over persons.

    accepted  by the rule; p as it is, `p` allows for both control arms (Holm)
    higher    whose satisfaction is higher; `neither` are ties; None where no pair has two numbers
    """

    control: str
    accepted: Paired
    higher: Paired | None
    p: float | None

    @property
    def told(self) -> bool:
        """Whether a difference in acceptance can be told, also where both control arms are asked."""
        return self.p is not None and self.p < 1 - self.accepted.level


def arms_table(compared: Arms) -> pd.DataFrame:
    """One row per arm: what it accepted and how satisfied the judge was, within the same spend.

    accepted, n       samples whose best step the rule accepts, of all compared; with rate, 95 % interval over persons
    satisfaction      the mean of the best steps, of satisfaction_n that have one
    spent, total      in the unit, within the budget and altogether
    """
    rows = []
    for arm in compared.runs:
        cells = compared.table[compared.table.arm == arm]
        rows.append(
            {
                "arm": arm,
                "accepted": int(cells.accepted.sum()),
                "n": len(cells),
                **rate(cells.accepted, cells.person),
                "satisfaction": cells.satisfaction.mean(),
                "satisfaction_n": int(cells.satisfaction.notna().sum()),
                **{name: cells[name].sum() for name in ("pictures", "spent", "total")},
            }
        )
    return pd.DataFrame(rows).astype({"low": "float64", "high": "float64"})


def arms_tests(compared: Arms) -> list[ArmTest]:
    """The streams against each control arm, in the order of ARMS; both p allow for each other (Holm)."""
    wide = compared.table.pivot(index="sample_id", columns="arm", values=["accepted", "satisfaction"])
    people = compared.table.drop_duplicates("sample_id").set_index("sample_id").person[wide.index].tolist()
    accepted = {
        arm: paired(wide["accepted", "streams"].tolist(), wide["accepted", arm].tolist(), people)
        for arm in compared.controls
    }
    p_of = holm({arm: each.p for arm, each in accepted.items()})
    return [ArmTest(arm, accepted[arm], _higher(compared, arm), p_of[arm]) for arm in compared.controls]


def _higher(compared: Arms, control: str) -> Paired | None:
    wide = compared.table.pivot(index="sample_id", columns="arm", values="satisfaction")[["streams", control]].dropna()
    if wide.empty:
        return None
    person = compared.table.drop_duplicates("sample_id").set_index("sample_id").person
    ours, theirs = wide["streams"], wide[control]
    return paired((ours > theirs).tolist(), (theirs > ours).tolist(), person[wide.index].tolist())
