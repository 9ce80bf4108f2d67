"""Show a segmenter what to find: points and a box on a picture, one mask of several, then finer by sliders.

CSS classes for tests: tryon-mask-tuner; tryon-segmenter, tryon-mask-upload; those of prompt_canvas.py and
refine_controls.py; button.tryon-mask-choice, tryon-view, tryon-clear, tryon-use, tryon-mask-said, tryon-error.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets
import numpy as np
import traitlets
from PIL import Image

from ....errors import BadInput, BadPicture, TryonError
from ....images import thumbnail, to_jpeg
from ....models import load
from ....pictures.masking.mask_choice import choose, pixels
from ....pictures.masking.mask_cleaning import CleanedMask, cleaned
from ....pictures.masking.mask_refinement import MaskRefinement
from ....pictures.masking.worn_area import can_take
from ....pictures.standard_size import as_rgb
from ....roles import Mask, Segmenter, SegmentPrompt, card_of
from ....steps import Change
from ..pressable import Pressables
from ..upload import decoded
from ..widget import Widget, classed, escaped, img
from .mask_drawing import CANVAS_PX, as_image, over, overlay, with_prompt
from .mask_still import still
from .mask_words import cleaned_words, score_words
from .prompt_canvas import PromptCanvas, prompt_of
from .refine_controls import RefineControls
from .tuner_layout import TunerLayout

SEGMENTERS = ("cutout", "toy:sam2.1-tiny")
VIEWS = ("refined", "as found")
LONGEST_PX = 1024  # of an uploaded picture's longer side
_OFFERED, _CHOICE_PX = 3, 110
_BEGIN = "Click on the thing, or draw a box around it."


class MaskTuner(Widget):
    """A picture, what a person says about it, and the mask that comes of it. Set a trait and it is drawn.

    mask   refined, mode L, of the picture's size, 255 inside; None where there is none
    used   what `change` gave when 'use' was pressed last
    """

    points = traitlets.List(help="(x, y, label) in fractions of the picture; label 1: of the thing, 0: not of it")
    box = traitlets.List(help="left, top, right, bottom in fractions; empty: none")
    chosen = traitlets.Int(0, min=0, help="number of the mask, from 1; 0: none")
    segmenter = traitlets.Unicode(help="the name of the model that looks")
    refinement = traitlets.Instance(MaskRefinement, args=())
    view = traitlets.Enum(VIEWS, "refined", help="which mask is drawn over the picture")
    mask = traitlets.Instance(Image.Image, allow_none=True)
    used = traitlets.Instance(Change, allow_none=True)
    error = traitlets.Unicode("", help="what is wrong, in a sentence")

    def __init__(
        self,
        picture: Image.Image,
        *,
        words: str = "",
        segmenters: Sequence[str | Segmenter] = SEGMENTERS,
        shows: Callable[[Change], ipywidgets.Widget] | None = None,
        by: str = "person",
    ):
        """picture     as standard_size.as_rgb takes it
        words       what is looked for while there is no point and no box: 'garment', 'upper'; '': nothing is
        segmenters  names for `load`, or models with a card; the first one looks first
        shows       makes a widget of the change when 'use' is pressed, which appears below
        by          in whose name the change is"""
        self._words, self._shows, self._by = words, shows, by
        self._models = {name if isinstance(name, str) else card_of(name).name: name for name in segmenters}
        self.masks: Sequence[Mask] = ()
        self._cleaned: CleanedMask | None = None
        self._why, self._clearing = "", False
        self._tiles = Pressables("tryon-mask-choice", lambda place: setattr(self, "chosen", place + 1))
        self.canvas, self.controls = PromptCanvas(), RefineControls(self._refine_as)
        super().__init__(segmenter=next(iter(self._models)))
        self._layout = TunerLayout(list(self._models), VIEWS, self.canvas, self.controls)
        self._tie()
        self.show(picture)
        self._first = self.picture

    def show(self, picture: Image.Image) -> None:
        """Another picture, about which nothing is said yet."""
        self.picture = as_rgb(picture)
        self._small = thumbnail(self.picture, CANVAS_PX)
        self.canvas.picture = to_jpeg(self._small, 90)
        self.clear()

    def clear(self) -> None:
        """No point, no box: what the words alone find, if there are any."""
        self._clearing = True  # two changes are one question
        self.points, self.box = [], []
        self.canvas.forget()
        self._clearing = False
        self.find()

    def find(self) -> None:
        """Ask the segmenter; a prompt that it cannot take is said in a sentence."""
        self.masks, self._why, self.error, self.canvas.busy = (), "", "", True
        chosen = 0
        try:
            if self._asks():
                self.masks = self._model()(self.picture, self._prompt())[:_OFFERED]
                choice = choose(self.masks, prompt=self._prompt())
                self._why, chosen = choice.why, 0 if choice.index is None else choice.index + 1
        except TryonError as e:
            self.error = str(e)
        finally:
            self.canvas.busy = False
        if self.chosen == chosen:
            self._refine()  # of other masks than before
        self.chosen = chosen

    def change(self) -> Change:
        """What a person says at a segment stage: the mask as it is, and the points that led to it.

        raises  BadInput where there is no mask
        """
        if self.mask is None:
            raise BadInput("there is no mask to use yet: click on the thing, or draw a box around it")
        return Change(images={"mask": self.mask}, points=self._prompt().points, by=self._by)

    def use(self) -> None:
        """Keep the change as it is now, for who waits for `used`."""
        self.used, self.error = self.change(), ""
        try:
            below = [self._made(self.used)] if self._shows else []
            self.children = (*self._layout.children, *below)
        except TryonError as e:
            self.error = str(e)
        self._draw()

    def _made(self, change: Change) -> ipywidgets.Widget:
        """raises   BadInput for a mask of another picture than the one that `shows` is about"""
        if self.picture is not self._first:
            raise BadInput("this mask is of a picture of your own, and what is made here is made of the first picture")
        return self._shows(change)

    def said(self) -> list[str]:
        """What there is to say about the mask, a paragraph each; the error alone where there is one."""
        if self.error:
            return [self.error]
        said = [self._why or _BEGIN]
        if getattr(getattr(self._models[self.segmenter], "card", None), "kind", "real") == "toy":
            said.insert(0, f"{self.segmenter} is a toy (random weights): its masks mean nothing.")
        if self._cleaned:
            said += cleaned_words(self._cleaned)
        if self.used and self.used.images["mask"] is self.mask:
            said.append("This mask is kept for use.")
        return said

    def still(self) -> bytes:
        """The picture with the mask over it, the masks to choose from, and what is said about them."""
        shown_HW = self._shown_HW()
        large = with_prompt(self._small if shown_HW is None else over(self.picture, shown_HW), self.points, self.box)
        small = [
            (
                f"{score_words(mask)}, chosen" if place == self.chosen else score_words(mask),
                over(self.picture, pixels(mask)),
            )
            for place, mask in enumerate(self.masks, start=1)
        ]
        caption = f"{self.segmenter}, {self.view}" if self.mask else self.segmenter
        return still((caption, large), small, self.said())

    @traitlets.validate("chosen")
    def _is_there(self, proposal: dict[str, Any]) -> int:
        if proposal["value"] > len(self.masks):
            raise BadInput(f"there are {len(self.masks)} masks to choose from, got {proposal['value']}")
        return proposal["value"]

    def _pointed(self) -> bool:
        return bool(self.points or self.box)

    def _asks(self) -> bool:
        """Whether there is anything to ask the segmenter: words only of one that takes them."""
        return self._pointed() or bool(self._words and can_take(self._model(), "words"))

    def _prompt(self) -> SegmentPrompt:
        return prompt_of(self.points, self.box, "" if self._pointed() else self._words)

    def _model(self) -> Segmenter:
        """The chosen segmenter, loaded at its first call."""
        model = self._models[self.segmenter]
        if isinstance(model, str):
            model = self._models[self.segmenter] = load(model, role="segmenter")
        return model

    def _refine_as(self, values: Mapping[str, float]) -> None:
        """Take what the sliders say; settings that contradict one another are said in a sentence."""
        try:
            self.refinement, self.error = MaskRefinement(**values), ""
        except BadInput as e:
            self.error = str(e)
            self._draw()

    def _read(self, files: Sequence[dict[str, Any]]) -> None:
        """Show an uploaded picture; a file that is none is said and changes nothing else."""
        try:
            for file in files[:1]:
                self.show(thumbnail(decoded(file), LONGEST_PX))
        except BadPicture as e:
            self.error = str(e)
            self._draw()

    def _refine(self) -> None:
        self._cleaned = None
        if self.chosen:
            found_HW = pixels(self.masks[self.chosen - 1])
            self._cleaned = cleaned(found_HW, np.asarray(self.picture), self.refinement)
        self.mask = as_image(self._cleaned.mask_HW) if self._cleaned else None
        self._draw()

    def _shown_HW(self) -> np.ndarray | None:
        if self._cleaned is None:
            return None
        return self._cleaned.mask_HW if self.view == "refined" else pixels(self.masks[self.chosen - 1])

    def _tie(self) -> None:
        """Controls and traits have the same values, whichever was set."""
        parts = self._layout
        for name, other in (("points", self.canvas), ("box", self.canvas)):
            traitlets.link((self, name), (other, name))
        for name, control in (("segmenter", parts.segmenter), ("view", parts.view)):
            traitlets.link((self, name), (control, "value"))
        parts.clear.on_click(lambda _: self.clear())
        parts.use.on_click(lambda _: self.use())
        parts.reset.on_click(lambda _: setattr(self, "refinement", MaskRefinement()))
        parts.upload.observe(lambda change: self._read(change["new"]), "value")
        self.observe(lambda _: self._clearing or self.find(), ["points", "box", "segmenter"])
        self.observe(lambda change: self.controls.show(change["new"]), "refinement")
        self.observe(lambda _: self._refine(), ["chosen", "refinement"])
        self.observe(lambda _: self._draw(), "view")
        self.children = parts.children
        classed(self, "tryon", "tryon-mask-tuner")

    def _draw(self) -> None:
        shown_HW, parts = self._shown_HW(), self._layout
        self.canvas.overlay = b"" if shown_HW is None else overlay(shown_HW, self._small.size)
        parts.choices.children = tiles = self._tiles.first(len(self.masks))
        for place, (tile, mask) in enumerate(zip(tiles, self.masks, strict=True), start=1):
            face = img(to_jpeg(over(self.picture, pixels(mask), _CHOICE_PX)), f"mask {place}")
            tile.show(f"{face}{escaped(score_words(mask))}", f"mask {place}, {score_words(mask)}", place == self.chosen)
        parts.use.disabled = self.mask is None
        kind = 'class="tryon-error" role="alert"' if self.error else ""
        said = "".join(f"<p {kind}>{escaped(paragraph)}</p>" for paragraph in self.said())
        parts.said.value = f'<div class="tryon-mask-said">{said}</div>'
