"""Behind any bar the pictures themselves: look, agree or disagree with the judge, and go on to the next one.

What is said is saved at once to the run's labels.jsonl (labels.py). CSS classes, for browser tests and style sheets:
tryon-triage (the whole) · tryon-question · tryon-bar · tryon-search · tryon-unlabelled · tryon-order · tryon-slice ·
tryon-outcome · tryon-failed (what the gallery is sorted and narrowed by) · tryon-stepping · tryon-tile · tryon-where
· tryon-page-previous · tryon-page-next · tryon-looked-at · tryon-pictures · tryon-answer · tryon-constraint ·
tryon-before (what was said before) · tryon-note · tryon-agree · tryon-disagree · tryon-said (what was saved, or why
not) · tryon-picture-previous · tryon-picture-next · tryon-summary · tryon-chosen (the bar and the tile looked at).
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import traitlets

from ....errors import BadInput, StorageError, TryonError, UnknownName
from ....runs.reading import Run
from ....steps import SampleRecord
from ...figures.chart import png
from ...tables.behind import QUESTIONS, Bar
from ...tables.totals import plural
from ..viewer import TILE, Viewer
from ..widget import Widget, classed
from .bars import COUNTED_OVER
from .gallery import Thumbnails, Tile, tile_of
from .narrowing import ALL, LISTED, Narrowing, Pictures
from .said import Item, Said
from .step_through import StepThrough, attempt_of
from .triage_parts import NAMES, Parts
from .triage_still import triage_still

PER_PAGE = 24
NARROWED = tuple(Narrowing.__dataclass_fields__)
_OTHERS = ("question", "bar", "unlabelled_only", "page", "selected", "constraint", "note", "said", "stepping")
_HINT = "← → the picture before and after · A agree · D disagree · N note · S step through"
_MAIN = ".large img[data-picture]"
_IN_STILL = 12  # pictures of a page


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
    slice = traitlets.Unicode(ALL, help="'name: value' of what is known of the samples; 'all' leaves none out")
    outcome = traitlets.Unicode(ALL, help="of the samples")
    failed = traitlets.Unicode(ALL, help="a constraint that failed too")
    order = traitlets.Unicode(LISTED, help="of the pictures, by score or change of the constraint looked at")
    stepping = traitlets.Bool(help="step through the sample that is looked at, below")
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
        self._rows = Pictures(run)
        self.viewer = Viewer(
            run.picture, self._keys(), hint=_HINT, main=_MAIN, fields={"n": ".tryon-note textarea"}, names=NAMES
        )
        self.words = Said(run, by)
        self.record = lru_cache(64)(self._read_record)
        self.step_through = StepThrough(run, self.record)
        self._settling = True
        super().__init__(**kwargs)
        self._parts = Parts(self, self._rows.choices)
        self.children = self._parts.all()
        classed(self, "tryon", "tryon-triage")
        with self._settled("question"):
            self.said = self.words.read()
            self.labelled = len(self.words)
            self.question = question
        for trait, widget in self._parts.linked.items():
            traitlets.link((self, trait), (widget, "value"))

    # ---- what is shown -----------------------------------------------------------------------------------------------

    @property
    def items(self) -> tuple[Item, ...]:
        """The pictures behind the bar, as the filters leave them, in the order asked for, each once."""
        shown = self._rows.narrowed(self.bars[self.bar].items if self.bars else (), self._asked_for, self.constraint)
        if self.unlabelled_only:
            return tuple(item for item in shown if not self.words.word(item, self.constraint))
        return shown

    @property
    def _asked_for(self) -> Narrowing:
        return Narrowing(**{name: getattr(self, name) for name in NARROWED})

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
            return f"No picture {self._left_out} is behind this bar."
        on_page = f"{self.first + 1} to {min(self.first + PER_PAGE, count)} of {count}"
        return f"page {self.page} of {self.pages}: pictures {on_page}, scores of {self.constraint}"

    @property
    def _left_out(self) -> str:
        if self._asked_for != Narrowing(search=self.search, order=self.order):
            return "that these filters leave"
        return "with this in its id" if self.search else f"without a label on {self.constraint}"

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
        try:
            attempt = attempt_of(self.record(here[0]), here[1])
            self.words.save(here, self.constraint, word, attempt=attempt, note=self.note)
        except TryonError as e:
            self.said = f"not saved: {e}"
            return
        with self._settled("selected"):
            self.labelled = len(self.words)
            self.said = f"saved: {word}, {self.labelled} labelled so far ({here[0]}, attempt {here[1]})"
            items = self.items  # without `here` where only unlabelled ones are shown
            self.selected = items.index(onward) if onward in items else self.selected

    def still(self) -> bytes:
        """The bars and the present page as one PNG, 900 px wide."""
        tiles = self.tiles[:_IN_STILL]
        jpegs = self.thumbnails.read(tile.picture for tile in tiles)
        asked = {"question": f"{self.question}, {COUNTED_OVER[self.question]}", "bars": self.bars, "chosen": self.bar}
        return png(triage_still(self.run, **asked, tiles=tiles, jpegs=jpegs, where=self._where_in_still))

    @property
    def _where_in_still(self) -> str:
        on_page = min(PER_PAGE, len(self.items) - self.first)
        return f"{self.where} (the first {_IN_STILL} drawn)" if on_page > _IN_STILL else self.where

    def _keys(self) -> dict[str, Callable[[], None]]:
        return {
            "ArrowLeft": lambda: self.look(self.selected - 1),
            "ArrowRight": lambda: self.look(self.selected + 1),
            "a": lambda: self.say("agree"),
            "d": lambda: self.say("disagree"),
            "s": lambda: self.set_trait("stepping", not self.stepping),
            TILE: lambda: self.set_trait("stepping", True),
        }

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

    @traitlets.validate("slice", "outcome", "failed", "order")
    def _known_narrowing(self, proposal: Any) -> str:
        name = proposal["trait"].name
        return _known(name, proposal["value"], self._rows.choices[name])

    @traitlets.observe(*NARROWED, *_OTHERS)
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
            try:
                self._follow(name)
                self._show()
            finally:  # else one drawing that fails leaves every later press without an answer
                self._settling = False

    def _show(self) -> None:
        try:
            self.step_through.show(self.item if self.stepping else None)
        except TryonError as e:
            self.said = str(e)
        self._parts.draw(self)
        if self.item and self.viewer.showing:
            self.viewer.follow(self._rows[self.item]["picture"] if self.item in self._rows else None, self._title)
            self.viewer.say(self.said)

    @property
    def _title(self) -> str:
        sample_id, number = self.item
        return f"{sample_id}, attempt {number} · {self.constraint}"

    def _follow(self, name: str) -> None:
        """Let the other traits follow from the one that was set."""
        if name == "note" and self.item:
            self.words.draft(self.item, self.constraint, self.note)
        if name in ("note", "said"):
            return
        if name == "question":
            self._open_question()
        if name in ("question", "bar"):
            self.constraint = self._constraint_of_bar()
        starts_again = name in ("question", "bar", "unlabelled_only", *NARROWED)
        starts_again |= name == "constraint" and self.order != LISTED
        self.selected = 0 if starts_again else self.first if name == "page" else self.selected
        self.page = self.selected // PER_PAGE + 1
        self.note = self.words.note(self.item, self.constraint) if self.item else ""

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

    def _next_unlabelled(self) -> Item | None:
        """The next one after the present picture, from the start again at the end; None where all are labelled."""
        items = self.items
        onward = (*items[self.selected + 1 :], *items[: self.selected])
        return next((item for item in onward if item[1] and not self.words.word(item, self.constraint)), None)

    def _read_record(self, sample_id: str) -> SampleRecord:
        for record in self.run.records_of([sample_id]):
            return record
        raise StorageError(f"{self.run.store.url} has lost the record of {sample_id}; copy the run again, whole")


def _known(what: str, name: str, among: Any) -> str:
    if name not in among:
        raise UnknownName(what, name, among)
    return name
