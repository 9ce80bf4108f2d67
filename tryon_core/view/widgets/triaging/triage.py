"""Behind any bar the pictures themselves: look, agree or disagree with the judge, and go on to the next one.

What is said is saved at once to the run's labels.jsonl (labels.py). CSS classes, for browser tests and style sheets:
tryon-triage (the whole) · tryon-question · tryon-bar · tryon-search · tryon-unlabelled · tryon-tile · tryon-where ·
tryon-page-previous · tryon-page-next · tryon-looked-at · tryon-pictures · tryon-answer · tryon-constraint ·
tryon-before (what was said before) · tryon-note · tryon-agree · tryon-disagree · tryon-said (what was saved, or why
not) · tryon-picture-previous · tryon-picture-next · tryon-summary · tryon-chosen (the bar and the tile looked at).
"""

import contextlib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import traitlets

from ....errors import BadInput, StorageError, TryonError, UnknownName
from ....runs.kept import labels
from ....runs.reading import Run
from ....steps import SampleRecord, StepRecord
from ...figures.chart import png
from ...tables.behind import QUESTIONS, Bar
from ...tables.totals import plural
from ..widget import Widget, classed
from .bars import COUNTED_OVER
from .gallery import Thumbnails, Tile, tile_of
from .said import Item, Said
from .triage_parts import Parts
from .triage_still import triage_still

PER_PAGE = 12


class FailureTriage(Widget):
    """The bars of a question, the pictures behind the chosen bar, and a person's word on the judge's answer.

    run       where the pictures are and where labels go
    question  a key of behind.QUESTIONS
    by        who labels
    bars      the present question's bars, each with all its pictures
    words     what people said
    """

    question = traitlets.Unicode(help="a key of behind.QUESTIONS")
    bar = traitlets.Union(
        [traitlets.Int(), traitlets.Unicode()], help="from 0; its label or its constraint is taken too"
    )
    search = traitlets.Unicode(help="part of a sample id; '' shows all")
    unlabelled_only = traitlets.Bool(help="leave out what was labelled under this constraint")
    page = traitlets.Int(1, help="from 1")
    selected = traitlets.Int(0, help="place in `items`, from 0")
    constraint = traitlets.Unicode(help="the one looked at")
    note = traitlets.Unicode(help="kept with the next agree or disagree")
    labelled = traitlets.Int(0, help="last words of this person in this run")
    said = traitlets.Unicode(help="what was saved last, or why it could not be")

    def __init__(self, run: Run, question: str = "failed first", by: str = "person", **kwargs: Any):
        self.run, self.by = run, by
        self.bars: list[Bar] = []
        self.thumbnails = Thumbnails(run)
        self._asked = run.rubric.keys if run.rubric else ()  # constraints
        self._rows = {(row["sample_id"], row["attempt"]): row for row in run.step_rows if row["attempt"]}
        self.words = Said(run, by)
        self._drafts: dict[tuple[Item, str], str] = {}
        self.record = lru_cache(64)(self._read_record)
        self._settling = True
        super().__init__(**kwargs)
        self._parts = Parts(self, PER_PAGE)
        self.children = self._parts.all()
        classed(self, "tryon", "tryon-triage")
        with self._settled("question"):
            self._read_labels()
            self.question = question
        for trait, widget in self._parts.linked.items():
            traitlets.link((self, trait), (widget, "value"))

    # ---- what is shown -----------------------------------------------------------------------------------------------

    @property
    def items(self) -> tuple[Item, ...]:
        """The pictures behind the bar, as the filters leave them, in listing order, each once."""
        wanted = self.search.casefold()
        behind = dict.fromkeys(self.bars[self.bar].items) if self.bars else ()
        return tuple(
            item
            for item in behind
            if wanted in item[0].casefold() and not (self.unlabelled_only and self.words.word(item, self.constraint))
        )

    @property
    def item(self) -> Item | None:
        """The picture that is looked at; None where there is none."""
        items = self.items
        return items[self.selected] if items else None

    @property
    def first(self) -> int:
        """Place in `items` of the first picture of this page."""
        return (self.page - 1) * PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.items) // PER_PAGE))

    @property
    def where(self) -> str:
        """Which pictures this page shows, or why none, in a sentence."""
        count = len(self.items)
        if not self._asked:
            return "There is nothing to show: the flow of this run asked no rubric, so no picture was judged."
        if not self.bars:
            return f"There is nothing to show: no picture of this run is behind {self.question!r}."
        if not count:
            left_out = "with this in its id" if self.search else f"without a label on {self.constraint}"
            return f"No picture {left_out} is behind this bar."
        on_page = f"{self.first + 1} to {min(self.first + PER_PAGE, count)} of {count}"
        return f"page {self.page} of {self.pages}: pictures {on_page}, scores of {self.constraint}"

    @property
    def tiles(self) -> list[Tile]:
        """Those of the present page."""
        return [self._tile(item) for item in self.items[self.first : self.first + PER_PAGE]]

    def _tile(self, item: Item) -> Tile:
        if item not in self._rows:
            return Tile(picture="", alt="", title=item[0], text="no attempt")
        return tile_of(self.run, self._rows[item], self.constraint, self.words.word(item, self.constraint))

    def show(self, question: str, bar: int | str = 0, constraint: str = "") -> "FailureTriage":
        """Open a bar by its place, its label or its constraint, and look at a constraint (else the bar's own)."""
        with self._settled("bar"):
            self.question = question
            self._open_question()
            self.bar = bar
        if constraint:
            self.constraint = constraint
        return self

    def look(self, place: int) -> None:
        """Look at one of `items`; before the first and after the last it stays there."""
        self.selected = place

    def say(self, word: str) -> None:
        """Save 'agree' or 'disagree' with the note and go on; where it cannot be saved, tell why and stay."""
        if not (self.item and self.item[1]):
            self.said = "not saved: there is no picture to label"
            return
        here, onward = self.item, self._next_unlabelled()
        given = {"note": self.note, "by": self.by, "number": here[1]}
        try:
            attempt = self._attempt(*here)
            label = labels.about(self.run.info, here[0], attempt, self.constraint, word, **given)
            everything = labels.add(self.run.store, label)
        except TryonError as e:
            self.said = f"not saved: {e}"
            return
        with self._settled("selected"):
            self._drafts.pop((here, self.constraint), None)
            self.words.keep(everything)
            self.labelled = len(self.words)
            self.said = f"saved: {word}, {self.labelled} labelled so far ({here[0]}, attempt {here[1]})"
            items = self.items  # without `here` where only unlabelled ones are shown
            self.selected = items.index(onward) if onward in items else self.selected

    def still(self) -> bytes:
        """The bars and the present page as one PNG, 900 px wide."""
        tiles = self.tiles
        jpegs = self.thumbnails.read(tile.picture for tile in tiles)
        asked = {"question": f"{self.question}, {COUNTED_OVER[self.question]}", "bars": self.bars, "chosen": self.bar}
        return png(triage_still(self.run, **asked, tiles=tiles, jpegs=jpegs, where=self.where))

    # ---- traits ------------------------------------------------------------------------------------------------------

    @traitlets.validate("question")
    def _known_question(self, proposal: Any) -> str:
        return _known("question", proposal["value"], QUESTIONS)

    @traitlets.validate("constraint")
    def _known_constraint(self, proposal: Any) -> str:
        return _known("constraint", proposal["value"], self._asked or ("",))

    @traitlets.validate("bar")
    def _known_bar(self, proposal: Any) -> int:
        asked, count = proposal["value"], len(self.bars)
        if isinstance(asked, str):
            meant = {
                name: place for place, bar in reversed([*enumerate(self.bars)]) for name in (bar.constraint, bar.label)
            }
            return meant[_known(f"bar of {self.question!r}", asked, meant)]
        if not 0 <= asked < max(1, count):
            raise BadInput(f"{self.question!r} has {count} {plural('bar', count)}, numbered from 0; got {asked}")
        return asked

    @traitlets.validate("page")
    def _a_page(self, proposal: Any) -> int:
        return min(max(proposal["value"], 1), self.pages)

    @traitlets.validate("selected")
    def _a_place(self, proposal: Any) -> int:
        return max(0, min(proposal["value"], len(self.items) - 1))

    @traitlets.observe("question", "bar", "search", "unlabelled_only", "page", "selected", "constraint", "note", "said")
    def _changed(self, change: Any) -> None:
        if not self._settling:
            with self._settled(change["name"]):
                pass

    @contextlib.contextmanager
    def _settled(self, name: str) -> Iterator[None]:
        """Traits may be set inside without a stir; then the others follow from `name`, and all is drawn once."""
        self._settling = True
        try:
            yield
        finally:
            self._follow(name)
            self._settling = False
            self._parts.draw(self)

    def _follow(self, name: str) -> None:
        """Let the other traits follow from the one that was set."""
        if name == "note" and self.item:
            self._drafts[self.item, self.constraint] = self.note
        if name in ("note", "said"):
            return
        if name == "question":
            self._open_question()
        if name in ("question", "bar"):
            self.constraint = self._constraint_of_bar()
        starts_again = name in ("question", "bar", "search", "unlabelled_only")
        self.selected = 0 if starts_again else self.first if name == "page" else self.selected
        self.page = self.selected // PER_PAGE + 1
        self.note = self._note_of_item()

    def _open_question(self) -> None:
        self.bars, self.bar = [], 0
        try:
            self.bars = QUESTIONS[self.question](self.run) if self._asked else []
        except TryonError as e:  # the question on labels reads them anew
            self.said = str(e)

    def _constraint_of_bar(self) -> str:
        """The bar's own, else the most frequent primary failure of its pictures, else the first."""
        bar = self.bars[self.bar] if self.bars else None
        if bar and bar.constraint:
            return bar.constraint
        behind = (self._rows[item]["primary_failure"] for item in (bar.items if bar else ()) if item in self._rows)
        return next((key for key, _ in Counter(filter(None, behind)).most_common(1)), (*self._asked, "")[0])

    # ---- labels ------------------------------------------------------------------------------------------------------

    def _read_labels(self) -> None:
        try:
            self.words.keep(labels.read(self.run.store))
            self.said = labels.unread(self.run.store)
        except TryonError as e:
            self.said = str(e)
        self.labelled = len(self.words)

    def _next_unlabelled(self) -> Item | None:
        """The next one after the present picture, from the start again at the end; None where all are labelled."""
        items = self.items
        onward = (*items[self.selected + 1 :], *items[: self.selected])
        return next((item for item in onward if item[1] and not self.words.word(item, self.constraint)), None)

    def _note_of_item(self) -> str:
        """What was typed and not saved yet, else what was said before."""
        if not self.item:
            return ""
        word = self.words.word(self.item, self.constraint)
        return self._drafts.get((self.item, self.constraint), word.note if word else "")

    def _attempt(self, sample_id: str, number: int) -> StepRecord:
        """raises StorageError where the record lost it, though the run's table has it"""
        record = self.record(sample_id)
        if number > len(record.attempts):
            raise StorageError(f"{sample_id} has no attempt {number} any more: {record.reason or record.outcome}")
        return record.attempts[number - 1]

    def _read_record(self, sample_id: str) -> SampleRecord:
        for record in self.run.records_of([sample_id]):
            return record
        raise StorageError(f"{self.run.store.url} has lost the record of {sample_id}; copy the run again, whole")


def _known(what: str, name: str, among: Any) -> str:
    if name not in among:
        raise UnknownName(what, name, among)
    return name
