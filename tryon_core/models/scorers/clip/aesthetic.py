"""The scorer `aesthetic`: how pleasing people would find a picture, by LAION's head on CLIP's view of it."""

# Shapes: N pictures.
from collections.abc import Mapping, Sequence
from dataclasses import replace

from PIL import Image

from ....errors import BadInput
from ....records import Measurement, ModelCard, Sample
from ....scales import Metric
from ....text import got
from ...device.options import WholeOptions
from ...hub.weights import find
from ...specs import TOY
from ..linear_head import Head, points, read_head, width
from .clip_embedding import DEFAULTS, Clip, load_clip

CLIP = "clip"
UNIT = "points, nominally 1 to 10"


class Aesthetic:
    """`aesthetic`: points of the head, which was fitted to people's votes from 1 to 10 and can leave that range.

    head   of christophschuhmann/improved-aesthetic-predictor (simple_inference.py)
    """

    def __init__(self, clip: Clip, head: Head, card: ModelCard):
        self.clip, self.head, self.card = clip, head, card
        self.metrics = (_metric(clip, card),)

    def hit_rates(self) -> dict[str, tuple[int, int]]:
        """Name of what is kept -> (how often it was found, how often it was asked for)."""
        return {"CLIP's vectors": self.clip.kept.found}

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        return self.batch([(sample, image)])[0]

    def batch(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[dict[str, Measurement | str]]:
        """Several pictures, those that are new in one forward pass; of samples nothing is read."""
        values_N = points(self.head, self.clip.pictures([image for _, image in calls]))
        return [{"aesthetic": Measurement(value=float(value), unit=UNIT, better="higher")} for value in values_N]


def _metric(clip: Clip, card: ModelCard) -> Metric:
    return Metric(
        name="aesthetic",
        unit=UNIT,
        better="higher",
        model=f"{card.source}, {card.revision}, on {clip.architecture}, {card.settings['clip']}",
        licence=card.licence,
        protocol="CLIP's unit vector of the picture, shorter side resized to the network's, bicubic, and the middle "
        "square taken, through the head's five linear layers",
    )


def build(name: str, *, options: WholeOptions = DEFAULTS, clip: str = CLIP) -> Aesthetic:
    """The scorer, its CLIP on a device.

    options  whose weights are the folder of the converted head
    clip     'clip', as models.load finds it, or a folder with its weights
    raises   MissingWeights; BadInput for a head that was made for another CLIP
    """
    if not isinstance(clip, str) or not clip:
        raise BadInput(f"clip of {name} is {CLIP!r} or a folder with its weights, {got(clip)}")
    checkpoint = find(name, options.weights, options.revision)
    head = read_head(checkpoint.folder)
    named = TOY + CLIP if name.startswith(TOY) else CLIP
    weights = "" if clip.removeprefix(TOY) == CLIP else clip
    seeing, eyes, plan = load_clip(named, replace(options, name=named, weights=weights, revision=""))
    given = seeing.model.config.projection_dim
    if width(head) != given:
        raise BadInput(
            f"the head of {name} takes CLIP's vectors of {width(head)} numbers and {eyes.folder} gives {given}; give "
            "the CLIP that it was fitted on, ViT-L/14 for LAION's"
        )
    settings = {"clip": f"{eyes.card().source}, {eyes.revision}", "dtype": plan.dtype, "policy": plan.policy}
    return Aesthetic(seeing, head, checkpoint.card(**settings, **options.recorded()))
