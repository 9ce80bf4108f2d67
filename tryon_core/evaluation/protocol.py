"""The card of an evaluation: all that two people must share before their numbers may stand side by side.

The same pictures score LPIPS .057 or .097 by whose script is used; resizing the other side turns a ranking round.
"""

import hashlib
from typing import Literal

import numpy as np
from PIL import Image
from pydantic import Field, ValidationError

from ..errors import BadInput
from ..records import Digest, ModelCard, Record, canonical
from ..runs.kept.info import flat
from ..scales import Metric
from ..text import first_problem

Pairing = Literal["paired", "unpaired"]
Resize = Literal["bicubic", "lanczos", "bilinear"]
Frame = Literal["refuse", "centre", "stretch"]
Repaint = Literal["none", "here", "before"]
_FRAMES = {
    "refuse": "a picture of another shape is not scored",
    "centre": "of a picture of another shape the middle is compared, as large as it fits",
    "stretch": "a picture of another shape is stretched",
}
_REPAINTS = {
    "none": "every picture as it was drawn",
    "here": "outside the mask (128 or more after resizing, hard edge) each picture got the photograph's pixels",
    "before": "outside a mask the pictures came with the photograph's pixels, as whoever evaluates them says",
}
_SHOWN = 12  # hex digits of a digest: enough to see that two cards differ


class Protocol(Record):
    """How pictures are made comparable before a number is taken.

    pairing    'paired': each result against the true picture of its sample, and all against the set of true pictures;
               'unpaired': all against the set of the persons' photographs, since nobody photographed the true one;
               None: the samples' own, which an evaluation puts on its card
    width_px, height_px  the size at which pictures are compared
    resize     Pillow's filter, antialiased as it always is there, 8 bits per channel; on results and photographs alike
    frame      what is done to a picture of another shape, a pixel more or less apart
    repaint    outside the mask the photograph's pixels: 'none', 'here' by this evaluation, 'before' it by whoever drew
    """

    pairing: Pairing | None = None
    width_px: int = Field(default=768, ge=16, le=8192)
    height_px: int = Field(default=1024, ge=16, le=8192)
    resize: Resize = "bicubic"
    frame: Frame = "refuse"
    repaint: Repaint = "none"

    @property
    def size(self) -> tuple[int, int]:
        return self.width_px, self.height_px

    def framed(self, picture: Image.Image) -> Image.Image | str:
        """A picture (RGB) at the size of comparison; the reason where its shape is another one."""
        (width, height), (wanted_width, wanted_height) = picture.size, self.size
        scale = min(width / wanted_width, height / wanted_height)
        left, top = (width - scale * wanted_width) / 2, (height - scale * wanted_height) / 2
        own_shape = max(left, top) <= max(1.0, scale) / 2
        if not own_shape and self.frame == "refuse":
            return f"it is {width} x {height}, of another shape than {wanted_width} x {wanted_height}"
        box = (left, top, width - left, height - top) if not own_shape and self.frame == "centre" else None
        if picture.size == self.size and box is None:
            return picture
        return picture.resize(self.size, Image.Resampling[self.resize.upper()], box=box)

    def repainted(self, picture: Image.Image, photograph: Image.Image, mask: Image.Image | None) -> Image.Image | str:
        """A picture as `repaint` wants it; the reason where that needs a mask that is not there.

        picture, photograph  framed, RGB
        mask                 framed, 255 where the picture was to be drawn
        """
        if self.repaint != "here":
            return picture
        if mask is None:
            return "the sample has no mask to lay the photograph round; open the source with masks, or do not repaint"
        drawn_HW = np.asarray(mask.convert("L")) >= 128
        return Image.fromarray(np.where(drawn_HW[..., None], np.asarray(picture), np.asarray(photograph)))

    def __str__(self) -> str:
        return (
            f"{self.pairing}, compared at {self.width_px} x {self.height_px} pixels\n"
            f"resize: Pillow, {self.resize}, antialiased, 8 bits per channel, results and photographs alike; "
            f"{_FRAMES[self.frame]}\nrepaint: {self.repaint}; {_REPAINTS[self.repaint]}"
        )


class Card(Record):
    """A protocol as it was followed: on which pictures, with which nets.

    dataset   what the samples are of, as far as they say; else where they were read
    samples   hex digest over the samples that were scored: their ids, and the pixels of the garment and of the
              photograph that results are held against; the order does not count
    pictures  how many these are; `listed` is how many there might have been
    shown     of these, how many show the true picture as the person: a result that changes nothing is perfect there
    metrics   by name
    nets      name of a metric -> card of the model that measured it; none for a formula
    """

    protocol: Protocol
    dataset: str
    samples: Digest
    pictures: int = Field(ge=0)
    listed: int = Field(ge=0)
    shown: int = Field(default=0, ge=0)
    metrics: dict[str, Metric]
    nets: dict[str, ModelCard] = {}

    @property
    def digest(self) -> str:
        """Hex SHA-256 of everything on the card: whoever has the same one may compare numbers."""
        return hashlib.sha256(canonical(self.model_dump(mode="json")).encode()).hexdigest()

    def differences(self, other: "Card") -> list[str]:
        """What keeps numbers of both from being compared, as 'name: this -> other'; metrics that one lacks do not."""
        shared = set(self.metrics) & set(other.metrics)
        mine, theirs = self._deciding(shared), other._deciding(shared)
        return [
            f"{name}: {mine.get(name)} -> {theirs.get(name)}"
            for name in sorted(mine | theirs)
            if mine.get(name) != theirs.get(name)
        ]

    def _deciding(self, metrics: set[str]) -> dict[str, object]:
        kept = {
            **self.model_dump(mode="json", exclude={"metrics", "nets"}),
            "metrics": {name: self.metrics[name].model_dump(mode="json") for name in metrics},
            "nets": {name: self.nets[name].model_dump(mode="json") for name in metrics if name in self.nets},
        }
        return flat(kept)

    def __str__(self) -> str:
        """The card in words, a line per choice."""
        lines = [
            f"protocol {self.digest[:_SHOWN]}: {self.dataset}, {self.protocol}",
            f"pictures: {self.pictures} of {self.listed} (samples {self.samples[:_SHOWN]})",
        ]
        if self.shown:
            lines.append(
                f"of {self.shown} the person's picture is the true one: a result that changes nothing is perfect"
            )
        for name, metric in self.metrics.items():
            net = self.nets.get(name)
            made = f"{net.name} {net.revision[:_SHOWN]} ({net.kind})" if net else metric.model
            lines.append(f"{name} ({metric.unit}, {metric.better} is better): {made}; {metric.protocol}")
        return "\n".join(lines)


def anywhere(net: ModelCard) -> ModelCard:
    """The card without `policy`: where weights lie while they are not used is no term of a comparison."""
    return net.model_copy(
        update={"settings": {name: value for name, value in net.settings.items() if name != "policy"}}
    )


def protocol_of(**choices: object) -> Protocol:
    """A protocol from choices by name; raises BadInput with the first that is none"""
    try:
        return Protocol(**choices)
    except ValidationError as e:
        raise BadInput(f"the protocol: {first_problem(e)}") from e
