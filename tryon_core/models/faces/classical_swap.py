"""`classical-swap`: the face of one picture on another's head, by geometry and colour alone; no network that draws."""

# Shapes: H, W rows and columns of the picture; h, w of a crop; 3 is RGB; 2 is x, y in pixels.
import time

import numpy as np
from PIL import Image

from ...errors import BadInput, Refused
from ...records import ModelCard
from ..embedded import LICENCES
from ..embedded.revision import source_digest
from ..embedded.seeing.seen_faces import SeenFace, face_at, see_faces
from .face_blend import blended
from .face_warp import laid_shape, warped

LEAST_PX = 48  # width of a face: of a smaller one eyes and mouth are a few pixels each
MOST_YAW_DEG = 40.0  # of either face: beyond, the far cheek is not seen and would be smeared
MOST_APART_DEG = 40.0  # between both
_CLEARLY = 1.5  # the character's face is this many times as wide as the next one
_ROOM = 0.1  # of the face's width, round its crop


class ClassicalSwap:
    """Lays the skin, eyes and mouth of a character's face on a head of another picture, in its pose and its light.

    Hair, ears and the upper forehead stay the picture's. Deterministic. It never looks at the numbers by which a
    scorer tells persons apart.
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self) -> None:
        self.card = ModelCard(
            name="classical-swap",
            revision=source_digest("classical_swap", "faces"),
            source=__name__,
            licence=LICENCES["classical-swap"],
        )

    def __call__(self, image: Image.Image, face: Image.Image, mask: Image.Image | None = None) -> Image.Image:
        """RGB, of the size of `image`; bytes outside the mask stand.

        image  whose face is changed: the one nearest to the middle of the mask, else the largest
        face   a picture of the character; its largest face is taken
        mask   mode L, of the size of `image`, 0 where nothing may change; None for everywhere
        raises BadInput for a mask of another mode or size, or a black one; Refused 'no_face', 'no_face_of_character',
               'several_faces', 'tiny_face', 'profile_face'; MissingWeights
        """
        open_HW = _opened(image, mask)
        target, character = _target_of(image, mask), _character_of(face)
        _check_pose(target, character)
        swapped_HW3 = _swapped(
            np.array(image.convert("RGB")), target, np.array(face.convert("RGB")), character, open_HW
        )
        return Image.fromarray(swapped_HW3)


def _swapped(
    image_HW3: np.ndarray, target: SeenFace, face_HW3: np.ndarray, character: SeenFace, open_HW: np.ndarray
) -> np.ndarray:
    shape_K2 = laid_shape(target, character)
    both_K2, room_px = np.concatenate([shape_K2, target.mesh_K2]), _ROOM * target.width_px
    low_2 = np.maximum(np.floor(both_K2.min(0) - room_px), 0).astype(int)
    high_2 = np.ceil(both_K2.max(0) + room_px).astype(int)
    box, done_HW3 = np.s_[low_2[1] : high_2[1], low_2[0] : high_2[0]], image_HW3.copy()
    laid_hw3 = warped(face_HW3, character.mesh_K2, shape_K2 - low_2, image_HW3[box].shape[:2])
    done_HW3[box] = blended(image_HW3[box], laid_hw3, target.mesh_K2 - low_2, shape_K2 - low_2, open_HW[box])
    return done_HW3


def _opened(image: Image.Image, mask: Image.Image | None) -> np.ndarray:
    """float32 (H, W), 0-1: how far each pixel may change."""
    if mask is None:
        return np.ones(image.size[::-1], np.float32)
    if mask.mode != "L" or mask.size != image.size:
        wanted = f"mode L and {image.width} x {image.height} pixels, as the picture"
        raise BadInput(f"a mask for a face swap is of {wanted}; got {mask.mode} of {mask.width} x {mask.height}")
    if not mask.getextrema()[1]:
        raise BadInput("nothing may change: the mask is black all over; paint white where the face is")
    return np.asarray(mask, np.float32) / 255


def _target_of(image: Image.Image, mask: Image.Image | None) -> SeenFace:
    faces = see_faces(image)
    target = face_at(faces, mask)
    if target is None:
        seen = f"; {len(faces)} elsewhere" if faces else ""
        where = "under the mask" if mask is not None and faces else "in the picture"
        raise Refused("no_face", f"no face is seen {where}{seen}; give a picture or a mask of a face from the front")
    _check_large(target, "the face to change")
    return target


def _character_of(face: Image.Image) -> SeenFace:
    faces = see_faces(face)
    if not faces:
        raise Refused("no_face_of_character", "no face is seen in the character's picture; give one from the front")
    if len(faces) > 1 and faces[0].width_px < _CLEARLY * faces[1].width_px:
        widths = " and ".join(f"{each.width_px:.0f}" for each in faces[:2])
        raise Refused(
            "several_faces",
            f"the character's picture shows {len(faces)} faces and none is clearly the largest (the first two are "
            f"{widths} pixels wide); crop it to the one that is meant",
        )
    _check_large(faces[0], "the character's face")
    return faces[0]


def _check_large(face: SeenFace, which: str) -> None:
    if face.width_px < LEAST_PX:
        needed = f"{LEAST_PX} are needed; give a larger picture of it"
        raise Refused("tiny_face", f"{which} is {face.width_px:.0f} pixels wide, {needed}")


def _check_pose(target: SeenFace, character: SeenFace) -> None:
    for face, which in ((target, "the face to change"), (character, "the character's face")):
        if abs(face.yaw_deg) > MOST_YAW_DEG:
            turned = (
                f"{which} is turned aside by {abs(face.yaw_deg):.0f} degrees, at most {MOST_YAW_DEG:.0f} can be laid"
            )
            raise Refused("profile_face", f"{turned}; give a picture that shows it from the front")
    apart_deg = abs(target.yaw_deg - character.yaw_deg)
    if apart_deg > MOST_APART_DEG:
        raise Refused(
            "profile_face",
            f"the faces are turned {apart_deg:.0f} degrees apart, at most {MOST_APART_DEG:.0f} can be laid; give a "
            "picture of the character that is turned as the one to change",
        )


def build() -> ClassicalSwap:
    """The face swapper `classical-swap`; models are loaded at the first picture."""
    return ClassicalSwap()
