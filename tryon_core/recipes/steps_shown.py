"""The steps of a recipe side by side, as a notebook shows them."""

import base64
import html
from collections.abc import Sequence

from ..images import thumbnail, to_jpeg
from ..steps import Step

_THUMBNAIL_PX = 160


def side_by_side(steps: Sequence[Step], words: str) -> str:
    """HTML: `words`, then each step's picture, or the first that it made, with its stage and its reason."""
    cells = "".join(_cell(step) for step in steps)
    return f"<p>{html.escape(words)}</p><div style='display:flex;flex-wrap:wrap;gap:8px'>{cells}</div>"


def _cell(step: Step) -> str:
    picture = step.image or next(iter(step.made.values()), None)
    words = html.escape(step.why)
    shown = ""
    if picture is not None:
        data = base64.b64encode(to_jpeg(thumbnail(picture.convert("RGB"), _THUMBNAIL_PX))).decode()
        shown = f"<img alt='{html.escape(step.stage)}' src='data:image/jpeg;base64,{data}'><br>"
    return (
        f"<div style='width:{_THUMBNAIL_PX}px'>{shown}<b>{html.escape(step.stage)}</b><br><small>{words}</small></div>"
    )
