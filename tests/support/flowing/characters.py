"""A picture, a mask, a character, and scripted models that paint, swap and score by the pixels that they see."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from landscape import metric, scripted
from PIL import Image

from tryon_core.errors import Refused
from tryon_core.flows.inpaint import Inpaint, inpaint
from tryon_core.models.embedded.drawing.drawing_parameters import gaussian
from tryon_core.records import Measurement, Sample
from tryon_core.runs.walk import Walk

SIZE = (96, 80)
WHOLE = np.s_[20:60, 30:70]  # rows and columns of what may change


def task(**given) -> Sample:
    """A grey picture with a bright mask in its middle, and a character of one colour."""
    rng = np.random.default_rng(3)
    init = Image.fromarray(rng.integers(90, 130, (SIZE[1], SIZE[0], 3), np.uint8))
    mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    mask[WHOLE] = 255
    images = {"init": init, "mask": Image.fromarray(mask), "character": Image.new("RGB", (72, 72), "red")}
    given = {"consent": "written, 2026-05-04", "wish": "the character looks up"} | given
    return Sample(sample_id="t1", images=images | given.pop("images", {}), **given)


@dataclass
class Painting:
    """Paints the first picture in a grey that its noise says; notes its requests and batches."""

    takes: tuple[str, ...] = ("mask",)
    min_images: int = 1
    requests: list = field(default_factory=list)
    batches: list = field(default_factory=list)

    def __post_init__(self):
        self.card = scripted("painting")

    def __call__(self, request):
        self.requests.append(request)
        grey = int(np.clip(128 + 30 * gaussian(request.noise, 4)[0], 0, 255))
        return Image.new("RGB", request.images[0].size, (grey, grey, grey))

    def all(self, calls):
        self.batches.append(len(calls))
        return [self(*call) for call in calls]


@dataclass
class Swapping:
    """Fills the mask with the character's colour, or refuses; notes its calls."""

    refuses: str = ""
    calls: int = 0

    def __post_init__(self):
        self.card = scripted("swapping")

    def __call__(self, image, face, mask):
        self.calls += 1
        if self.refuses:
            raise Refused(self.refuses, "no face is seen in the picture; take another")
        return Image.new("RGB", image.size, face.getpixel((0, 0)))


class Brightness:
    """A scorer whose every metric is the brightness inside the mask, 0 to 10 (of distances 1 to 0)."""

    def __init__(self, *names: str, reasons: Mapping[str, str] | None = None):
        self.names, self.reasons = names, dict(reasons or {})
        self.card = scripted("-".join(["brightness", *names]))
        self.metrics = tuple(metric(name) for name in (*names, *self.reasons))
        self.calls = 0

    def __call__(self, sample, image):
        self.calls += 1
        bright = float(np.asarray(image)[WHOLE].mean()) / 255
        value = {name: 1 - bright if name == "face_identity" else 10 * bright for name in self.names}
        return {name: Measurement(value=number, unit="m") for name, number in value.items()} | self.reasons


def painted(options: Inpaint | None = None, sample: Sample | None = None, **models) -> Walk:
    """The flow, walked to its end."""
    models = {"generator": Painting(), "identity": Brightness("face_identity")} | models
    walk = Walk(inpaint(sample or task(), options=options or Inpaint(), seed=1, **models))
    list(walk)
    return walk


def tasks(folder, *names: str, consent: str = "written, 2026-05-04", bad: Sequence[str] = ()):
    """A manifest of character samples, one by name each, and further lines as they are."""
    lines = []
    for place, name in enumerate(names):
        sample = task()
        images = sample.images | {"character": Image.new("RGB", (72, 72), (255, 40 * place, 0))}
        for role, image in images.items():
            image.save(folder / f"{name}-{role}.png")
        pictures = {role: f"{name}-{role}.png" for role in images}
        lines.append(json.dumps({"sample_id": name, "pictures": pictures, "consent": consent}))
    path = folder / "tasks.jsonl"
    path.write_text("\n".join([*lines, *bad]) + "\n")
    return path


swapping, brightness = Swapping(), Brightness("face_identity")  # characters:swapping, characters:brightness
