"""Two pictures from one's own disk as a sample: no manifest, no folder.

CSS classes for tests: tryon-upload, tryon-upload-person, tryon-upload-garment, tryon-try-on, tryon-error.
"""

import io
import json
from collections.abc import Callable
from typing import Any

import ipywidgets
import traitlets
from PIL import Image, ImageDraw

from ... import images
from ...errors import BadPicture, TryonError
from ...sources.loading import MAX_FILE_BYTES
from ...storage.store import open_store
from .widget import Widget, classed, escaped, img, styled

ROLES = ("person", "garment")
ACCEPTED = ".jpg,.jpeg,.png,.webp"
FOLDER = "runs/uploads"  # git ignores runs/
_SIDE_PX = 180
_WORDS = "Choose a photograph of a person and a picture of a garment: JPEG, PNG or WebP."


class Upload(Widget):
    """Two file choosers and a button; what `shows` makes of the two pictures appears below.

    sources   of all that was tried on, newest last: each is a manifest with one sample
    """

    error = traitlets.Unicode("", help="what is wrong with a file or with the two, in a sentence")
    sources = traitlets.List(traitlets.Unicode())

    def __init__(self, shows: Callable[[str], ipywidgets.Widget], folder: str = FOLDER):
        """shows    makes a widget of the place of a manifest
        folder   where the pictures are kept, without what else their files held
        """
        self._shows, self._folder = shows, folder
        self._pictures: dict[str, Image.Image] = {}
        self._choosers = {role: self._chooser(role) for role in ROLES}
        self._press = classed(ipywidgets.Button(description="try on", disabled=True), "tryon-try-on")
        self._press.on_click(lambda _: self.try_on())
        self._said, self._thumbnails = ipywidgets.HTML(), ipywidgets.HTML()
        bar = ipywidgets.HBox([*self._choosers.values(), self._press])
        self._own = [styled(), bar, self._said, self._thumbnails]
        super().__init__(self._own)
        classed(self, "tryon", "tryon-upload")
        self._draw()

    def try_on(self) -> None:
        """Keep the two pictures and show what is made of them."""
        self._press.disabled, self.error = True, ""
        try:
            source = kept(self._pictures, self._folder)
            self.children = [*self._own, self._shows(source)]
            self.sources = [*self.sources, source]
        except TryonError as e:
            self.error = str(e)
        self._draw()

    def still(self) -> bytes:
        """The two pictures side by side, or what is to be done."""
        sheet = Image.new("RGB", (2 * _SIDE_PX + 30, _SIDE_PX + 40 if self._pictures else 40), "white")
        ImageDraw.Draw(sheet).text((10, 10), self.error or _WORDS, "black")
        for place, role in enumerate(ROLES):
            if role in self._pictures:
                sheet.paste(images.thumbnail(self._pictures[role], _SIDE_PX), (10 + place * (_SIDE_PX + 10), 30))
        data = io.BytesIO()
        sheet.save(data, "PNG")
        return data.getvalue()

    def _chooser(self, role: str) -> ipywidgets.FileUpload:
        chooser = ipywidgets.FileUpload(accept=ACCEPTED, description=role, tooltip=f"choose the {role}")
        chooser.observe(lambda change: self._read(role, change["new"]), "value")
        return classed(chooser, f"tryon-upload-{role}")

    def _read(self, role: str, files: tuple[dict[str, Any], ...]) -> None:
        """Decode what was chosen; a file that is no picture is said, and takes no other's place."""
        self._pictures.pop(role, None)
        self.error = ""
        try:
            for file in files[:1]:
                self._pictures[role] = decoded(file)
        except BadPicture as e:
            self.error = f"{role}: {e}"
        self._draw()

    def _draw(self) -> None:
        self._press.disabled = set(self._pictures) != set(ROLES)
        wrong = f'<p class="tryon-error" role="alert">{escaped(self.error)}</p>' if self.error else ""
        self._said.value = wrong or f"<p>{_WORDS}</p>"
        shown = [
            img(images.to_jpeg(images.thumbnail(self._pictures[role], _SIDE_PX), 85), f"the {role}")
            for role in ROLES
            if role in self._pictures
        ]
        self._thumbnails.value = f'<div style="display:flex;gap:8px">{"".join(shown)}</div>'


def decoded(file: dict[str, Any]) -> Image.Image:
    """The picture of one entry of a FileUpload's value, RGB. raises BadPicture for a file that is none or too large"""
    if file["size"] > MAX_FILE_BYTES:
        raise BadPicture(f"{file['name']}: {file['size']} bytes; at most {MAX_FILE_BYTES} are read")
    return images.decode(bytes(file["content"]), file["name"])


def kept(pictures: dict[str, Image.Image], folder: str) -> str:
    """Keep a sample's pictures as PNG under a name of their own, with a manifest; returns the manifest's place."""
    name = "-".join(images.digest(pictures[role])[:8] for role in ROLES)
    store = open_store(f"{folder}/{name}")
    for role in ROLES:
        store.create(f"{role}.png", images.to_png(pictures[role]))
    line = {"sample_id": f"upload-{name}", **{role: f"{role}.png" for role in ROLES}}
    store.create("manifest.jsonl", json.dumps(line).encode())
    return f"{store.url}/manifest.jsonl"
