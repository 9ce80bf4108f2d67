"""The parts of a mask tuner and where they stand; what they do is tied in mask_tuner.py."""

from collections.abc import Sequence
from pathlib import Path

import ipywidgets

from ..upload import ACCEPTED
from ..viewer import Viewer
from ..widget import classed, escaped, styled
from .prompt_canvas import HOW, PromptCanvas
from .refine_controls import RefineControls

_CSS = Path(__file__).with_name("mask_tuner.css")


class TunerLayout:
    """Widgets by what they are for; `children` is all of them, in order."""

    def __init__(self, segmenters: Sequence[str], views: Sequence[str], canvas: PromptCanvas, refine: RefineControls):
        self.segmenter = classed(ipywidgets.Dropdown(options=segmenters, description="segmenter"), "tryon-segmenter")
        self.upload = ipywidgets.FileUpload(accept=ACCEPTED, description="your own picture", tooltip="choose a picture")
        self.view = classed(ipywidgets.ToggleButtons(options=views, description="show"), "tryon-view")
        self.clear = classed(ipywidgets.Button(description="clear"), "tryon-clear")
        self.use = classed(ipywidgets.Button(description="use", button_style="primary"), "tryon-use")
        self.reset = classed(ipywidgets.Button(description="sliders as they were"), "tryon-reset")
        self.choices, self.said = classed(ipywidgets.Box(), "tryon-choices"), ipywidgets.HTML()
        top = [self.segmenter, classed(self.upload, "tryon-mask-upload")]
        buttons = classed(ipywidgets.Box([self.use, self.clear]), "tryon-row")  # above all that grows
        beside = ipywidgets.Box([buttons, self.choices, self.view, self.said, refine, self.reset])
        self.children = [
            styled(_CSS.read_text()),
            classed(ipywidgets.Box(top), "tryon-row"),
            ipywidgets.HTML(f'<span class="tryon-soft">{escaped(HOW)}</span>'),
            classed(ipywidgets.Box([canvas, classed(beside, "tryon-beside")]), "tryon-row", "tryon-top"),
            Viewer(None, {}, names=refine.names),  # keeps keys from the notebook
        ]
