"""Faces by InsightFace's own classes: where they are, and whose they are.

Shapes: H, W rows and columns; 3 is RGB for us and BGR for InsightFace.
"""

import re
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from ...errors import BadInput
from ...images import digest
from ...text import got
from ..device.shelf import Shelf
from .face_choice import character_face, face_to_change
from .insight_files import OnnxFile, loading

SEEN_PX = 640  # side of the square that faces are looked for in
_REMEMBERED = 64  # faces of characters, 2 KB each
NEEDED = ("detection", "recognition")
_CUDA = "CUDAExecutionProvider"


class InsightFaces:
    """InsightFace's FaceAnalysis of a folder: its detector and its recognition, no other of its networks."""

    def __init__(self, name: str, files: Mapping[str, OnnxFile], device: str = ""):
        """
        files    of a folder, as analysis_files reads them
        raises   BadInput for a device that this onnxruntime has not, or where InsightFace takes another of the files
        """
        from insightface.app import FaceAnalysis

        folder, providers = files["detection"].path.parent, providers_for(name, device)
        warnings.filterwarnings("ignore", category=FutureWarning, module="insightface")  # scikit-image's older names
        with loading(name, folder):
            self._analysis = FaceAnalysis(name=str(folder), allowed_modules=list(NEEDED), providers=providers)
            self._analysis.prepare(ctx_id=0, det_size=(SEEN_PX, SEEN_PX))  # a `ctx_id` below 0 would take the CPU
        for kind in NEEDED:
            network = self._analysis.models[kind]
            if network.model_file != str(files[kind].path):
                raise BadInput(f"{name}: InsightFace takes {network.model_file} for {kind}; take it out of {folder}")
            check_placed(name, device, network.session)
        self._characters = Shelf(_REMEMBERED)

    def of_character(self, picture: Image.Image) -> Any:
        """The best face of a picture of one character, with its 512 numbers. raises Refused, as character_face"""
        return self._characters.get(digest(picture), lambda: self._of_character(as_bgr(picture)))

    def to_change(self, picture: Image.Image, mask: Image.Image | None) -> Any:
        """The face that a mask means, without its numbers. raises Refused and BadInput, as face_to_change"""
        boxes_F4, scores_F, points_F52 = self._seen(as_bgr(picture))
        chosen = face_to_change(boxes_F4, points_F52, mask)
        return _face(boxes_F4[chosen], scores_F[chosen], points_F52[chosen])

    def numbers_of(self, picture: Image.Image, face: Any) -> np.ndarray:
        """float32 (512,), of length 1: whose face it is."""
        self._analysis.models["recognition"].get(as_bgr(picture), face)
        return face.normed_embedding

    def _of_character(self, bgr_HW3: np.ndarray) -> Any:
        boxes_F4, scores_F, points_F52 = self._seen(bgr_HW3)
        best = character_face(boxes_F4, scores_F, points_F52)
        face = _face(boxes_F4[best], scores_F[best], points_F52[best])
        self._analysis.models["recognition"].get(bgr_HW3, face)
        return face

    def _seen(self, bgr_HW3: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Boxes (F, 4), scores (F,) and points (F, 5, 2) of the faces whose points lie apart."""
        found_F5, points_F52 = self._analysis.det_model.detect(bgr_HW3)
        apart_F = np.ptp(points_F52, axis=1).min(axis=1) > 1  # else no crop can be laid upright by them
        return found_F5[apart_F, :4], found_F5[apart_F, 4], points_F52[apart_F]


def providers_for(name: str, device: str) -> list[Any]:
    """What ONNX Runtime is asked to compute with: 'cpu', 'cuda', 'cuda:1'; '' takes a GPU where it can.

    raises   BadInput for another device, or for a GPU where the installed onnxruntime is the one for CPUs
    """
    import onnxruntime

    asked = re.fullmatch(r"(cpu|cuda)(?::(\d+))?", device) if isinstance(device, str) else None
    if device and (asked is None or (asked[1] == "cpu" and asked[2])):
        raise BadInput(f"device of {name} is 'cpu', 'cuda' or such as 'cuda:1'; {got(device)}")
    available = _CUDA in onnxruntime.get_available_providers()
    if asked and asked[1] == "cuda" and not available:
        raise BadInput(
            f"{name} cannot run on {device}: the installed onnxruntime computes on CPUs alone; install onnxruntime-gpu "
            "in its place, or take device='cpu'"
        )
    on_gpu = [(_CUDA, {"device_id": int(asked[2] or 0) if asked else 0})] if device != "cpu" and available else []
    return [*on_gpu, "CPUExecutionProvider"]


def check_placed(name: str, device: str, session: Any) -> None:
    """raises   BadInput where a GPU was asked for and ONNX Runtime quietly took the CPU"""
    if device.startswith("cuda") and _CUDA not in session.get_providers():
        raise BadInput(f"{name} was to run on {device}, which onnxruntime could not use; look at CUDA, or take 'cpu'")


def as_bgr(picture: Image.Image) -> np.ndarray:
    """uint8 (H, W, 3), BGR, of an RGB picture."""
    return np.ascontiguousarray(np.asarray(picture)[..., ::-1])


def _face(box_4: np.ndarray, score: float, points_52: np.ndarray) -> Any:
    from insightface.app.common import Face

    return Face(bbox=box_4, det_score=float(score), kps=points_52)
