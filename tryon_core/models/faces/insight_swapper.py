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
        drawn_HW3 = self._swapper.get(as_bgr(image), target, source, paste_back=True)[..., ::-1]
        return laid_back(image, drawn_HW3, mask)


def check_pictures(name: str, image: Image.Image, face: Image.Image, mask: Image.Image | None) -> None:
    """raises   BadInput for pictures that are not RGB, or a mask that is not mode L and of the size of `image`"""
    if image.mode != "RGB" or face.mode != "RGB":
        raise BadInput(f"{name} takes two RGB pictures, got {image.mode} and {face.mode}")
    if mask is not None and (mask.mode != "L" or mask.size != image.size):
        raise BadInput(
            f"{name} takes a mask of mode L and of its picture's size, {image.size}; got {mask.mode} of {mask.size}"
        )


def laid_back(image: Image.Image, drawn_HW3: np.ndarray, mask: Image.Image | None) -> Image.Image:
    """What was drawn, where the mask is white, blended inside its rim; elsewhere the picture's bytes."""
    if mask is None:
        return Image.fromarray(np.ascontiguousarray(drawn_HW3))
    weight_HW = feathered(white_of(mask), FEATHER * max(image.size))
    return Image.fromarray(mixed(np.asarray(image), drawn_HW3, weight_HW))


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
