"""Step, play and scrub through what a flow did to one sample, see why a step fails, and, live, do the next or branch.

CSS classes for tests: tryon-stepper; tryon-line; tryon-attempts (a button per step), tryon-play, tryon-attempt (the
slider); tryon-view, tryon-against, tryon-zoom, tryon-reveal; tryon-head, tryon-told; tryon-inputs, tryon-stage and
tryon-made, which hold img.tryon-picture; tryon-data; tryon-changes; tryon-code, and textarea.tryon-code-text;
tryon-raw-calls, tryon-raw. Those of its parts are in sample_chooser.py, step_map.py, ladder.py and steering.py.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets
from PIL import Image

from ....errors import BadInput, StorageError, TryonError, UnknownName
from ....images import digest
from ....records import SampleLine
from ....runs.reading import Run
from ....runs.stepping import LOOP, LiveLoop
from ....steps import SampleRecord, StepRecord
from ..raw_calls import RawCalls, raw_html
from ..viewer import Viewer
from ..widget import Widget, classed, styled
from . import stepper_html
from .ladder import Ladder
from .shown_step import ShownStep, in_order
from .stage import VIEWS, Look, Stage
from .steering import Steering
from .step_map import StepMap
from .stepper_controls import NAMES, Controls, row, seen
from .stepper_still import still
from .ways import Way, ways

_CSS = Path(__file__).with_name("stepper.css")
_MAIN = ".tryon-stage img[data-picture]"


class IterationStepper(Widget):
    """One sample's steps, one at a time. Set a trait and it is drawn; the controls do no more than that."""

    sample_id = traitlets.Unicode("", help="any sample of the run")
    line = traitlets.Unicode(LOOP, help="'loop', or the name of a branch")
    attempt = traitlets.Int(0, help="number of the step, from 1; 0 where the line has none")
    view = traitlets.Enum(VIEWS, "picture")
    against = traitlets.Enum(("input", "before"), "input", help="the sample's picture, or that of the step before")
    constraint = traitlets.Unicode("", help="the constraint that is looked at, '' for all that failed")
    zoom = traitlets.Bool(False, help="only that constraint's region, near")
    reveal = traitlets.Int(50, min=0, max=100, help="percent of the width left of the slider view's seam")
    code = traitlets.Bool(False, help="show and copy the lines that draw the picture again")
    raw = traitlets.Bool(False, help="show the recorded calls: request, reply, seconds")
    busy = traitlets.Bool(False, help="a call of a model runs")

    def __init__(self, shown: Run | LiveLoop, sample_id: str = "", by: str = "person"):
        """shown      a run to look at, or a live loop to step in as well
        sample_id  where not given, the live loop's own or the first of the run
        by         in whose name changed words and verdicts are recorded
        raises     UnknownName with the nearest sample
        """
        self.live = None if isinstance(shown, Run) else shown
        self.run = shown if isinstance(shown, Run) else shown.run()
        self._lines = {line.sample_id: line for line in self.run.listing.lines}
        self._here: LiveLoop | None = None  # over the sample that is shown
        self._held: dict[str, Image.Image] = {}  # its pictures by digest, also where nothing was done yet
        self._ways: dict[str, Way] = {}
        self._trouble = ""
        self._lock, self._nested = threading.RLock(), 1
        self.stage = Stage(self.run, self._held)
        self.steering, self.ladder = Steering(self._drawn, by), Ladder(self.run.rubric)
        self.map, self._raw_calls = StepMap(self.go), RawCalls(self.run)
        moves = {"ArrowLeft": lambda: self._move(-1), "ArrowRight": lambda: self._move(1)}
        self.viewer = Viewer(self.stage.picture, moves, hint="← → the step before and after", main=_MAIN, names=NAMES)
        super().__init__()
        self._build()
        self.observe(self._changed, [*Look.__dataclass_fields__, "sample_id", "line", "attempt", "code", "raw", "busy"])
        self._nested = 0
        self.sample_id = sample_id or (self.live.sample_id if self.live else next(iter(self._lines), ""))

    def next(self) -> StepRecord | None:
        """Do one more step now, or branch where words or verdict were changed: as the button does.

        Other words and verdicts are set before: stepper.steering.words = '...', stepper.steering.verdict = 'correct'.

        returns  the step; None where the flow has ended instead
        raises   BadInput where nothing can be done, in a sentence; Refused, ModelFailed as LiveLoop.step
        """
        if self.live is None:
            raise BadInput(
                "this stepper looks at a run; to draw, make it from a live loop: "
                f"IterationStepper(live.on_run({self.run.store.url!r}, {self.sample_id!r}))"
            )
        if self._here is None:
            raise BadInput(self._trouble or "another sample is being drawn; when that has ended, this one can be")
        return self.steering.next()

    def go(self, line: str, number: int) -> None:
        """Look at a step of a line."""
        with self._drawn_once():
            self.line = line
            self.attempt = number

    @property
    def step(self) -> ShownStep:
        """What is shown, as data."""
        recorded = self._ways[self.line].record.pictures
        held = {role: digest(image) for role, image in self._here.sample.images.items()} if self._here else {}
        pictures = in_order(held or recorded, self.run.info.flow.pictures)
        return ShownStep(run=self.run, ways=self._ways, line=self.line, number=self.attempt, pictures=pictures)

    @property
    def look(self) -> Look:
        """How the step is looked at, as data."""
        return Look(**{name: getattr(self, name) for name in Look.__dataclass_fields__})

    def still(self) -> bytes:
        """The step as PNG, 900 px wide: the pictures, the difference, the ladder, what was found and what changed."""
        return still(self.step, self.stage, self.look)

    # ---- what may be set ---------------------------------------------------------------------------------------------

    @traitlets.validate("sample_id")
    def _listed(self, proposal: dict) -> str:
        if proposal["value"] not in self._lines:
            raise UnknownName("sample", proposal["value"], self._lines)
        return proposal["value"]

    @traitlets.validate("line")
    def _known_line(self, proposal: dict) -> str:
        if proposal["value"] not in self._ways:
            raise UnknownName("line", proposal["value"], self._ways)
        return proposal["value"]

    @traitlets.validate("attempt")
    def _drawn_attempt(self, proposal: dict) -> int:
        last = self._last
        if not min(1, last) <= proposal["value"] <= last:
            word = self._ways[self.line].word
            has = f"{word}s 1 to {last}" if last else f"no {word}s"
            raise BadInput(f"{self.sample_id} has {has} in line {self.line!r}, not {proposal['value']}")
        return proposal["value"]

    @property
    def _last(self) -> int:
        return len(self._ways[self.line].steps)

    # ---- moving ------------------------------------------------------------------------------------------------------

    def _changed(self, change: Any) -> None:
        with self._drawn_once():
            if change["name"] == "sample_id":
                self._read()
                self.line = LOOP
                self.attempt = min(1, self._last)
            elif change["name"] == "line":
                self.attempt = min(max(1, self.attempt), self._last)
            elif change["name"] == "code" and self.code:
                self._copy()
            elif change["name"] == "busy" and not self.busy and self._here is None:
                self._read()  # the other sample's call has ended: this one may be drawn now

    def _move(self, by: int) -> None:
        self.attempt = min(max(min(1, self._last), self.attempt + by), self._last)

    def _copy(self) -> None:
        """The code to the clipboard; where none can be written, its place says why."""
        with contextlib.suppress(BadInput, StorageError):
            self.viewer.copy(stepper_html.lines_of_code(self.step))

    @contextlib.contextmanager
    def _drawn_once(self) -> Iterator[None]:
        """Several traits set, one drawing, by one thread at a time."""
        with self._lock:
            self._nested += 1
            try:
                yield
                if self._nested == 1:
                    self._draw()
            finally:
                self._nested -= 1

    def _taken(self, name: str, value: Any) -> None:
        """A person moved a control; what `_draw` sets is not heard."""
        with self._lock:
            if not self._nested and value is not None:
                setattr(self, name, value)

    def _drawn(self, live: LiveLoop, line: str, number: int) -> None:
        """After a press of the button: go to what it did, unless a person has gone to another sample meanwhile."""
        if live.sample_id == self.sample_id:
            with self._drawn_once():
                self._read()
                self.line = line
                self.attempt = number

    def _read(self) -> None:
        """The sample's steps as they are now; what cannot be read is said in their place."""
        line, self._trouble = self._lines[self.sample_id], ""
        try:
            self._here = self._live_on(line)
            self._ways = ways(self.run, line, self._here)
        except TryonError as e:
            self._trouble = str(e)
            empty = SampleRecord(sample_id=line.sample_id, line=line)
            self._ways = {LOOP: Way(name=LOOP, record=empty, judges=self.run.rubric is not None)}

    def _live_on(self, line: SampleLine) -> LiveLoop | None:
        """The live loop over a sample; none for a run that is only looked at, and while another sample's call runs."""
        if self.live is None or (self._here and self._here.sample_id == line.sample_id):
            return self._here
        if self.busy:
            return None
        here = self.live if self.live.sample_id == line.sample_id else LiveLoop(self.live.job, line)
        self._held.clear()
        self._held.update({digest(image): image for image in here.sample.images.values()})
        return here

    # ---- the parts ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Controls and places once, tied to the traits; `_draw` fills them."""
        self._controls, self._html = Controls(self._lines.values()), stepper_html.places()
        tied = {**self._controls.tied, "constraint": self.ladder, "busy": self.steering}
        for name, part in tied.items():
            traitlets.link((self, name), (part, name if part.has_trait(name) else "value"))
        for name, part in self._controls.moved:
            part.observe(lambda change, name=name: self._taken(name, change["new"]), "value")
        self._arrange()

    def _arrange(self) -> None:
        html, controls = self._html, self._controls
        pictures = classed(ipywidgets.Box([html["stage"], html["made"]]), "tryon-pictures")
        middle, right = [html["told"], self.map, pictures, controls.reveal], [self.ladder, html["data"]]
        (middle if self.live else right).append(html["changes"])
        if self.live:
            right.append(self.steering)
        columns = (
            html["inputs"],
            classed(ipywidgets.VBox(middle), "tryon-middle"),
            classed(ipywidgets.VBox(right), "tryon-right"),
        )
        self.children = (
            styled(_CSS.read_text()),
            self.viewer,
            row(html["head"], controls.choosing, name="tryon-above"),
            controls.looking,
            row(*columns, name="tryon-top"),
            row(controls.code, controls.raw, html["redraw"], html["raw"], name="tryon-below"),
        )
        classed(self, "tryon", "tryon-stepper")

    def _draw(self) -> None:
        """Everything as the traits say."""
        shown, here = self.step, self._here
        self._controls.draw(shown, self.view, self.against)
        self.map.show(shown)
        self.ladder.judgement = shown.judgement
        texts = {
            "head": stepper_html.head(shown),
            "told": stepper_html.about(shown) + (stepper_html.WAITS if self.live and self.busy and not here else ""),
            "data": stepper_html.data(shown),
            "changes": stepper_html.changes(shown),
            "redraw": stepper_html.or_sentence(lambda: stepper_html.redraw(shown)) if self.code else "",
            "raw": stepper_html.or_sentence(lambda: self._raw(shown)) if self.raw else "",
            **self._pictures(shown),
        }
        for name, html in texts.items():
            self._html[name].value = html
        self.viewer.follow(shown.record.picture if shown.record else None, shown.alt)
        seen(self.steering, bool(here))
        if here:
            self.steering.show(here, self.line, self.attempt)

    def _pictures(self, shown: ShownStep) -> dict[str, str]:
        """The places that hold pictures; where one cannot be read or compared, a sentence in its place."""
        or_sentence = stepper_html.or_sentence
        return {
            "inputs": or_sentence(lambda: self.stage.inputs(shown)),
            "stage": or_sentence(lambda: self.stage.picture_of(shown, self.look)) or self._instead(shown),
            "made": or_sentence(lambda: self.stage.made(shown)),
        }

    def _raw(self, shown: ShownStep) -> str:
        return raw_html(self._raw_calls.of(shown.record) if shown.record else [], len(self._raw_calls.unreadable))

    def _instead(self, shown: ShownStep) -> str:
        """Why there is no picture; nothing where what the step made or found is shown."""
        if shown.record is None:
            return stepper_html.sentence(self._trouble or shown.sample.reason or f"no {shown.way.word} yet")
        if shown.record.made or shown.record.data or shown.record.scores:
            return ""
        return stepper_html.sentence(f"{shown.name} made no picture")
