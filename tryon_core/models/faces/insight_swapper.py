"""`inswapper`: another face in the place of one, by InsightFace's INSwapper; its weights are for research only.

It draws at 128 px whatever the size of the face, from the 512 numbers of buffalo_l's recognition. `arcface` measures by
the very numbers that it draws from, so whether it succeeded is better asked of another scorer.
"""

import contextlib
import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from ...errors import BadInput
from ...pictures.put_back import FEATHER, feathered, mixed
from .face_choice import white_of
from .insight_faces import InsightFaces, as_bgr, check_placed, providers_for
from .insight_files import OnnxFile, analysis_files, loading, swapper_file
from .insight_weights import ANALYSIS, SWAPPER, card_of, check_usable, path_of

NAME = "inswapper"
AROUND = 1.5  # of a face's longer side on each side: of one tilted by 45 degrees, about 0.5 is pasted back beyond it

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


class InSwapper:
    """Swaps the face that a mask means for the best face of the character's picture."""

    def __init__(self, name: str, swapper: OnnxFile, analysis: Mapping[str, OnnxFile], device: str = ""):
        from insightface import model_zoo

        self.card = card_of(name, swapper, analysis)
        self._faces = InsightFaces(name, analysis, device)
        with loading(name, swapper.path), contextlib.redirect_stdout(io.StringIO()):  # it prints the shape of its input
            self._swapper = model_zoo.get_model(str(swapper.path), providers=providers_for(name, device))
        check_placed(name, device, self._swapper.session)

    def __call__(self, image: Image.Image, face: Image.Image, mask: Image.Image | None) -> Image.Image:
        """RGB of the size of `image`; outside what is white in the mask its own bytes.

        raises   Refused, as face_choice; BadInput for a mask that is not the picture's, or pictures that are not RGB
        """
        check_pictures(self.card.name, image, face, mask)
        target, source = self._faces.to_change(image, mask), self._faces.of_character(face)
        left, top, *_ = box = surroundings(target.bbox, image.size)
        moved = type(target)(kps=target.kps - np.float32([left, top]))
        drawn_hw3 = self._swapper.get(as_bgr(image.crop(box)), moved, source, paste_back=True)[..., ::-1]
        return laid_back(image, drawn_hw3, box, mask)


def surroundings(face_4: np.ndarray, size: tuple[int, int]) -> Box:
    """A box that holds all that is pasted back of a face, and no more of a large photograph than that.

    face_4  left, top, right, bottom in pixels
    """
    around_px = AROUND * float(max(face_4[2:] - face_4[:2]))
    low_2 = np.maximum(np.floor(face_4[:2] - around_px), 0).astype(int)
    high_2 = np.minimum(np.ceil(face_4[2:] + around_px), size).astype(int)
    return (*low_2.tolist(), *high_2.tolist())


def check_pictures(name: str, image: Image.Image, face: Image.Image, mask: Image.Image | None) -> None:
    """raises   BadInput for pictures that are not RGB, or a mask that is not mode L and of the size of `image`"""
    if image.mode != "RGB" or face.mode != "RGB":
        raise BadInput(f"{name} takes two RGB pictures, got {image.mode} and {face.mode}")
    if mask is not None and (mask.mode != "L" or mask.size != image.size):
        raise BadInput(
            f"{name} takes a mask of mode L and of its picture's size, {image.size}; got {mask.mode} of {mask.size}"
        )


def laid_back(image: Image.Image, drawn_hw3: np.ndarray, box: Box, mask: Image.Image | None) -> Image.Image:
    """The picture with what was drawn of a box where the mask is white, blended inside its rim; elsewhere its bytes."""
    done_HW3, inside = np.array(image), np.s_[box[1] : box[3], box[0] : box[2]]
    if mask is None:
        done_HW3[inside] = drawn_hw3
    else:
        weight_hw = feathered(white_of(mask), FEATHER * max(image.size))[inside]
        done_HW3[inside] = mixed(done_HW3[inside], drawn_hw3, weight_hw)
    return Image.fromarray(done_HW3)


def build(
    *,
    name: str = NAME,
    weights: str = "",
    analysis: str = "",
    accept_research_licence: bool = False,
    device: str = "",
) -> InSwapper:
    """INSwapper with FaceAnalysis.

    weights   inswapper_128.onnx on this machine; empty: ~/.insightface/models/inswapper_128.onnx. Nothing is downloaded
    analysis  the folder buffalo_l, whose recognition it was trained with; empty: ~/.insightface/models/buffalo_l
    accept_research_licence  True: the weights are used for non-commercial research only
    device    'cpu', 'cuda' or 'cuda:1'; empty: a GPU where onnxruntime has one
    raises    BadInput, MissingWeights
    """
    check_usable(name, accept_research_licence)
    swapper = swapper_file(name, path_of(name, "weights", weights, SWAPPER))
    return InSwapper(name, swapper, analysis_files(name, path_of(name, "analysis", analysis, ANALYSIS)), device)
