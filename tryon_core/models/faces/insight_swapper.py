"""`inswapper`: another face in the place of one, by InsightFace's INSwapper; its weights are for research only.

It draws at 128 px whatever the size of the face, from the 512 numbers of buffalo_l's recognition. `arcface` measures by
the very numbers that it draws from, so whether it succeeded is better asked of another scorer.
"""

import contextlib
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from ...errors import BadInput
from ...pictures.put_back import FEATHER, feathered, mixed
from ...records import ModelCard
from ..specs import SPECS, TOY
from ..toy import toy_folder
from .face_choice import white_of
from .insight_faces import InsightFaces, as_bgr, check_library, check_placed, providers_for
from .insight_files import OnnxFile, analysis_files, check_licence, given_path, loading, swapper_file

NAME = "inswapper"
WEIGHTS, ANALYSIS = "~/.insightface/models/inswapper_128.onnx", "~/.insightface/models/buffalo_l"
_FAMILY = "insightface"


class InSwapper:
    """Swaps the face that a mask means for the best face of the character's picture."""

    def __init__(self, name: str, swapper: OnnxFile, analysis: Mapping[str, OnnxFile], device: str = ""):
        from insightface import model_zoo

        self.card = card_of_files(name, swapper, analysis)
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


def card_of_files(name: str, first: OnnxFile, analysis: Mapping[str, OnnxFile]) -> ModelCard:
    """The card of a model in a file, with the SHA-256 of each file that its answers depend on."""
    spec, toy = SPECS[name.removeprefix(TOY)], name.startswith(TOY)
    made = f"a detector of bright squares and random weights, in the graphs of {spec.repo}"
    return ModelCard(
        name=name,
        revision=f"sha256-{first.sha256}",
        licence="none: made by code" if toy else spec.licence,
        kind="toy" if toy else "real",
        settings={
            kind: f"sha256-{file.sha256}" for kind, file in analysis.items() if kind in ("detection", "recognition")
        },
        source=made if toy else spec.repo,
    )


def settled(name: str, weights: Any, default: str, accepted: Any, of_toy: str) -> Any:
    """The path that a model's files are at: the toy's, what its user gives, or InsightFace's own place.

    raises   BadInput for a licence that is not accepted, before anything is looked at; for weights of a toy
    """
    if not name.startswith(TOY):
        check_licence(name, accepted)
        check_library(name)
        return given_path(name, "weights", weights or default)
    if weights:
        raise BadInput(f"{name} has files of its own; leave their paths out, or load {name.removeprefix(TOY)!r}")
    check_library(name)
    return toy_folder(_FAMILY) / of_toy


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
    file = settled(name, weights, WEIGHTS, accept_research_licence, "inswapper_128.onnx")
    folder = settled(name, analysis, ANALYSIS, accept_research_licence, "buffalo_l")
    return InSwapper(name, swapper_file(name, file), analysis_files(name, folder), device)
