"""What people said of a run's pictures, as a widget needs it: who said what of which, and how often they agree."""

from collections.abc import Iterable

from ....errors import TryonError
from ....runs.kept import labels
from ....runs.kept.labels import Label
from ....runs.reading import Run
from ....stats import Share
from ....steps import StepRecord
from ...tables.totals import persons, plural
from ..widget import escaped
from .bars import gate

WORDS = {"agree": "✓ Agree", "disagree": "✗ Disagree"}
Item = tuple[str, int]  # sample id, number of the attempt; 0 where none was drawn


class Said:
    """Everyone's last words on pictures of this run, and those of one person.

    Labels on a branch's picture, or on an older picture of the same number, are left out.
    """

    def __init__(self, run: Run, by: str):
        self._run, self._by = run, by
        self._keys = run.rubric.keys if run.rubric else ()
        self._pictures = {(row["sample_id"], row["attempt"]): row["picture"] for row in run.step_rows}
        self._last: tuple[Label, ...] = ()
        self._mine: dict[tuple[Item, str], Label] = {}
        self._drafts: dict[tuple[Item, str], str] = {}  # notes that were typed and not saved yet

    def __len__(self) -> int:
        """How many last words this person has said."""
        return len(self._mine)

    def read(self) -> str:
        """Take what labels.jsonl holds; returns what of it cannot be read, or why nothing can, in a sentence."""
        try:
            self.keep(labels.read(self._run.store))
            return labels.unread(self._run.store)
        except TryonError as e:
            return str(e)

    def save(self, item: Item, constraint: str, word: str, *, attempt: StepRecord, note: str) -> None:
        """Say a word of an attempt's answer; raises TryonError where it cannot be saved"""
        given = {"note": note, "by": self._by, "number": item[1]}
        label = labels.about(self._run.info, item[0], attempt, constraint, word, **given)
        self.keep(labels.add(self._run.store, label))
        self._drafts.pop((item, constraint), None)

    def draft(self, item: Item, constraint: str, note: str) -> None:
        """Keep a note that is not saved yet."""
        self._drafts[item, constraint] = note

    def note(self, item: Item, constraint: str) -> str:
        """What was typed and not saved yet, else what was said before."""
        word = self.word(item, constraint)
        return self._drafts.get((item, constraint), word.note if word else "")

    def keep(self, said: Iterable[Label]) -> None:
        """Take what labels.jsonl holds now."""
        self._last = tuple(
            label
            for label in labels.newest(said)
            if label.constraint in self._keys and label.picture == self._pictures.get((label.sample_id, label.attempt))
        )
        self._mine = {_place(label): label for label in self._last if label.by == self._by}

    def word(self, item: Item, constraint: str) -> Label | None:
        """This person's last word."""
        return self._mine.get((item, constraint))

    def html(self, item: Item, constraint: str) -> str:
        """What everyone said last of this picture and constraint."""
        rows = "".join(
            f"<li><b>{escaped(label.by)}</b>: {WORDS[label.says]}"
            f"{escaped(f' “{label.note}”' if label.note else '')}</li>"
            for label in self._last
            if _place(label) == (item, constraint)
        )
        return f"<ul>{rows}</ul>" if rows else "<p class='tryon-soft'>Nobody has said anything of this yet.</p>"

    def summary(self) -> str:
        """How often people agree with the judge, per constraint, with 95 % intervals over persons."""
        head, shares = "<h4>Agreement with the judge</h4>", labels.agreement(self._last, persons(self._run))
        if not shares:
            return f"{head}<p class='tryon-soft'>Nothing is labelled yet.</p>"
        rows = "".join(
            f"<tr><th scope='row'>{gate(self._run, key)} {escaped(key)}</th>"
            f"<td>{share.count} of {share.n}</td><td>{_bounds(share)}</td></tr>"
            for key in self._keys
            if (share := shares.get(key))
        )
        columns = "".join(f"<th scope='col'>{name}</th>" for name in ("constraint", "agreed", "95 % interval"))
        n, people = sum(share.n for share in shares.values()), len({label.by for label in self._last})
        whose = f"{people} {'person' if people == 1 else 'people'}"
        note = f"Last words of {whose} on {n} {plural('answer', n)}; an answer counts once."
        return f"{head}<table><tr>{columns}</tr>{rows}</table><p class='tryon-soft'>{note}</p>"


def _bounds(share: Share) -> str:
    return "too few persons" if share.low is None else f"{share.low:.0%} to {share.high:.0%}"


def _place(label: Label) -> tuple[Item, str]:
    """What a label is about."""
    return (label.sample_id, label.attempt), label.constraint
