"""The scorer `truth`: how far a picture is from the true one of the same person in the same garment.

It is for evaluation alone: flows see a sample without its true picture, and it answers them with the reason.
"""

import time
from collections.abc import Mapping

from PIL import Image

from ...errors import BadInput
from ...images import digest
from ...pictures.true_picture import TruePicture
from ...records import Measurement, ModelCard, Sample
from ...scales import Metric
from ..embedded.revision import source_digest
from ..shelf import Shelf
from .by_metric import NO_ORIGINAL, at_size_of, for_all, measured, original_of

RIM_SHARE = 1 / 32  # of the width: cloth that hangs over the true outline by less is seen whole
_REMEMBERED = 4  # true pictures, 14 MB each
_ZONE = (
    "in the zone where the true picture differs from the original by more than 5 Lab units after a blur of 1.5 px, and "
    "within 1/32 of the width around it; pictures of another size are resized to the true one's, Lanczos"
)
_NO_TRUTH = "the sample has no picture 'truth'; this scorer is for evaluation with true pictures"


def _metric(name: str, unit: str, better: str, how: str, high: float | None = 1.0) -> Metric:
    protocol = f"{how}, {_ZONE}"
    return Metric(
        name=name, unit=unit, low=0.0, high=high, better=better, model="none", licence="none", protocol=protocol
    )


class TruthScorer:
    """Distances from the true picture in the zone of the edit, on classical features.

    truth_ssim     structural similarity, 1 equal
    truth_colour   mean CIEDE2000, 0 equal
    truth_edges    how far outlines and prints are off, 0 equal, 1 none is within 1/32 of the width
    truth_pattern  how well textured patches are found again near their place, 1 all; the reason on plain cloth
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it
    metrics = (
        _metric("truth_ssim", "SSIM", "higher", "mean SSIM of grey values in square windows of 7 px"),
        _metric("truth_colour", "CIEDE2000", "lower", "mean CIEDE2000, pixel against pixel", high=None),
        _metric(
            "truth_edges",
            "share of 1/32 of the width",
            "lower",
            "mean distance to the other picture's nearest edge (Canny on each channel of Lab), both ways, each cut off "
            "at 1/32 of the width",
        ),
        _metric(
            "truth_pattern",
            "correlation",
            "higher",
            "best normalised cross-correlation in Lab within 1/32 of the width, mean over the textured squares of 1/16 "
            "of the width that the edit covers",
        ),
    )

    def __init__(self) -> None:
        self.card = ModelCard(
            name="truth",
            revision=source_digest("truth_scorer", "scorers"),
            source=__name__,
            licence="none: no model",
        )
        self._true_pictures = Shelf(_REMEMBERED)

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """Numbers for RGB of any size; reasons without a true picture or an original, and where these are equal."""
        truth, original = sample.images.get("truth"), original_of(sample)
        if truth is None or original is None:
            return for_all(self.metrics, _NO_TRUTH if truth is None else NO_ORIGINAL)
        try:
            true_picture = self._true_picture(original, truth)
        except BadInput as nothing_differs:
            return for_all(self.metrics, str(nothing_differs))
        error = true_picture.error(at_size_of(image, truth))
        values = {
            "truth_ssim": error.ssim_inside,
            "truth_colour": error.ciede2000,
            "truth_edges": "the true picture has no edge in the edit" if error.edges is None else error.edges,
            "truth_pattern": "the true picture has no texture in the edit" if error.found is None else error.found,
        }
        return measured(self.metrics, values)

    def _true_picture(self, original: Image.Image, truth: Image.Image) -> TruePicture:
        return self._true_pictures.get(
            (digest(original), digest(truth)),
            lambda: TruePicture(at_size_of(original, truth), truth, rim_share=RIM_SHARE),
        )


def build() -> TruthScorer:
    """The scorer `truth`."""
    return TruthScorer()
