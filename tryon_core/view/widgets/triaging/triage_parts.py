"""The widgets of FailureTriage and where they stand; what they do is told by the traits of triage.py."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import ipywidgets

from ....errors import TryonError
from ....runs.reading import Run
from ....steps import SampleRecord
from ...figures.palette import gates
from ...tables.behind import QUESTIONS, Bar
from ..viewer import Viewer
from ..widget import classed, escaped, styled
from .bars import COUNTED_OVER, Bars
from .gallery import Thumbnails, Tile, Tiles
from .looked_at import LookedAt
from .said import WORDS, Item, Said

_CSS = Path(__file__).with_name("triage.css")
_CALLED = {"failed": "also failed"}
NAMES = {".tryon-search input": "part of a sample id", ".tryon-note textarea": "note"}
_KEYS = "Keys: ← → picture before, after · A agree · D disagree · N note · S step through · Enter at full size"
_TEXTS = ("caution", "over", "where", "pictures", "answer", "before", "said", "summary")


class Triage(Protocol):
    """What the parts show and set: FailureTriage."""

    run: Run
    thumbnails: Thumbnails
    viewer: Viewer
    step_through: ipywidgets.Widget
    words: Said
    question: str
    bars: list[Bar]
    bar: int
    items: tuple[Item, ...]
    item: Item | None
    tiles: list[Tile]
    page: int
    pages: int
    selected: int
    first: int
    constraint: str
    where: str
    said: str
    record: Callable[[str], SampleRecord]

    def look(self, place: int) -> None: ...

    def say(self, word: str) -> None: ...

    def set_trait(self, name: str, value: Any) -> None: ...


class Parts:
    """Made once; `draw` only sets their values.

    linked   trait -> the widget that shows and sets it
    texts    name -> HTML
    steps    name -> button to the page or picture before or after
    """

    def __init__(self, triage: Triage, choices: Mapping[str, Sequence[str]]):
        self.linked = {**_linked(triage), **_narrowing(choices)}
        self.texts = {name: classed(ipywidgets.HTML(), f"tryon-{name}") for name in _TEXTS}
        self.bars = Bars(triage.run, partial(triage.set_trait, "bar"))
        self.tiles = Tiles(triage.thumbnails, lambda place: triage.look(triage.first + place))
        self.steps = {
            name: _button(text, f"tryon-{name}", on_press)
            for name, text, on_press in (
                ("page-previous", "‹ Previous page", lambda: triage.set_trait("page", triage.page - 1)),
                ("page-next", "Next page ›", lambda: triage.set_trait("page", triage.page + 1)),
                ("picture-previous", "‹ Previous picture", lambda: triage.look(triage.selected - 1)),
                ("picture-next", "Next picture ›", lambda: triage.look(triage.selected + 1)),
            )
        }
        self._around = triage.viewer, triage.step_through
        self._looked_at = LookedAt(triage.run, triage.thumbnails)
        self.say = [_button(text, f"tryon-{word}", partial(triage.say, word)) for word, text in WORDS.items()]

    def all(self) -> tuple[ipywidgets.Widget, ...]:
        """In their order on the page: the question, its gallery, the picture looked at, what is labelled."""
        linked, texts, steps = self.linked, self.texts, self.steps
        asked = _box("asked", linked["question"], self.bars, texts["over"])
        gallery = _box(
            "gallery",
            _row(linked["search"], linked["unlabelled_only"]),
            _row(*(linked[name] for name in ("order", "slice", "outcome", "failed")), name="narrowing"),
            self.tiles,
            _row(texts["where"]),
            _row(steps["page-previous"], steps["page-next"]),
        )
        answer = _box(
            "judged",
            texts["answer"],
            linked["constraint"],
            texts["before"],
            linked["note"],
            _row(*self.say),
            texts["said"],
            _row(steps["picture-previous"], steps["picture-next"]),
            linked["stepping"],
            ipywidgets.HTML(f'<div class="tryon-soft tryon-keys">{_KEYS}</div>'),
        )
        looked_at = classed(ipywidgets.Box([texts["pictures"], answer]), "tryon-looked-at")
        body = classed(ipywidgets.Box([asked, gallery, looked_at, texts["summary"]]), "tryon-body")
        viewer, step_through = self._around
        return (styled(_CSS.read_text()), viewer, texts["caution"], body, step_through)

    def draw(self, triage: Triage) -> None:
        """Set every widget from the traits; to the browser goes only what is not as it was."""
        item, last = triage.item, len(triage.items) - 1
        self.bars.show(triage.question, triage.bars, triage.bar)
        self.tiles.show(triage.tiles, triage.selected - triage.first)
        off = {
            "page-previous": triage.page == 1,
            "page-next": triage.page == triage.pages,
            "picture-previous": triage.selected == 0,
            "picture-next": triage.selected >= last,
        }
        for name, is_off in off.items():
            self.steps[name].disabled = is_off
        for button in self.say:
            button.disabled = not (item and item[1])
        pictures, answer = self._looked(triage, item) if item else ("", "")
        texts = {
            "caution": escaped(triage.run.caution),
            "over": f"<span class='tryon-soft'>{COUNTED_OVER[triage.question]}</span>" if triage.bars else "",
            "where": escaped(triage.where),
            "pictures": pictures,
            "answer": answer,
            "before": triage.words.html(item, triage.constraint) if item and item[1] else "",
            "said": f'<div role="status">{escaped(triage.said)}</div>',
            "summary": triage.words.summary(),
        }
        for name, text in texts.items():
            self.texts[name].value = text

    def _looked(self, triage: Triage, item: Item) -> tuple[str, str]:
        try:
            asked = triage.record(item[0]), item[1], triage.constraint
        except TryonError as e:
            return "", f"<p>{escaped(e)}</p>"
        return self._looked_at.pictures(*asked), self._looked_at.words(*asked)


def _linked(triage: Triage) -> dict[str, ipywidgets.Widget]:
    asked = gates(triage.run.rubric) if triage.run.rubric else {}
    keys = [(f"{number} {key}", key) for key, number in asked.items()] or [("no rubric was asked", "")]
    note = "why, if you like; saved with agree or disagree"
    return {
        "question": classed(ipywidgets.Dropdown(options=list(QUESTIONS), description="Question"), "tryon-question"),
        "search": classed(ipywidgets.Text(placeholder="part of a sample id", description="Sample"), "tryon-search"),
        "unlabelled_only": classed(
            ipywidgets.Checkbox(description="only unlabelled", indent=False), "tryon-unlabelled"
        ),
        "constraint": classed(ipywidgets.Dropdown(options=keys, description="Constraint"), "tryon-constraint"),
        "stepping": classed(ipywidgets.ToggleButton(description="Step through this sample"), "tryon-stepping"),
        "note": classed(
            ipywidgets.Textarea(placeholder=note, description="Note", continuous_update=False, rows=2), "tryon-note"
        ),
    }


def _narrowing(choices: Mapping[str, Sequence[str]]) -> dict[str, ipywidgets.Widget]:
    """A list of choices for each way to narrow or to sort; those without a choice are not seen."""
    lists = {
        name: classed(ipywidgets.Dropdown(options=among, description=_CALLED.get(name, name)), f"tryon-{name}")
        for name, among in choices.items()
    }
    for name, one in lists.items():
        one.layout.display = None if len(choices[name]) > 2 else "none"
    return lists


def _button(text: str, name: str, on_press: Callable[[], None]) -> ipywidgets.Button:
    button = classed(ipywidgets.Button(description=text), name)
    button.on_click(lambda _: on_press())
    return button


def _box(name: str, *children: ipywidgets.Widget) -> ipywidgets.VBox:
    return classed(ipywidgets.VBox(children), name)


def _row(*children: ipywidgets.Widget, name: str = "row") -> ipywidgets.Box:
    return classed(ipywidgets.Box(children), "tryon-row", f"tryon-{name}")
