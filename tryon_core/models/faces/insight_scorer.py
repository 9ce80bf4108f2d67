"""The scorer `arcface`: whether the face in the mask is the character's, by a recognition that is for research only."""

from collections.abc import Mapping

import numpy as np
from PIL import Image

from ...errors import Refused
from ...records import Measurement, Sample
from ...scales import Metric
from ..scorers.by_metric import for_all, measured
from ..specs import SPECS
from .insight_faces import SEEN_PX, InsightFaces
from .insight_files import OnnxFile, analysis_files
from .insight_weights import ANALYSIS, card_of, check_usable, path_of

NAME = "arcface"
DECIMALS = 3
NO_CHARACTER = "the sample has no picture 'character' whose face this one could be"


class ArcFaceScorer:
    """How alike the face in the mask and the character's are.

    arcface_identity  cosine of both faces' 512 numbers, -1 to 1; the reason where a face is not seen or will not do.
                      `inswapper` draws from these very numbers: of its pictures it says more good than is true
    """

    metrics = (
        Metric(
            name="arcface_identity",
            unit="cosine of 512 numbers",
            low=-1.0,
            high=1.0,
            better="higher",
            model="the detector and the recognition of the folder given, such as InsightFace's buffalo_l",
            licence=SPECS[NAME].licence,
            protocol=f"faces looked for at {SEEN_PX} px; in the picture the one nearest to the middle of the mask, or "
            "the largest, of the character the one with the highest score times area; laid upright by 5 points at "
            f"112 px; to {DECIMALS} decimals",
        ),
    )

    def __init__(self, name: str, files: Mapping[str, OnnxFile], device: str = ""):
        self.card = card_of(name, files["recognition"], files)
        self._faces = InsightFaces(name, files, device)

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """The cosine for RGB of the mask's size, or why there is none."""
        mask, character = sample.images.get("mask"), sample.images.get("character")
        if character is None:
            return for_all(self.metrics, NO_CHARACTER)
        if mask is not None and mask.size != image.size:
            return for_all(self.metrics, f"the mask is of {mask.size} pixels and the picture of {image.size}")
        try:
            face = self._faces.to_change(image, mask and mask.convert("L"))
            wanted = self._faces.of_character(character).normed_embedding
        except Refused as e:
            return for_all(self.metrics, str(e))
        cosine = float(np.clip(self._faces.numbers_of(image, face) @ wanted, -1, 1))
        return measured(self.metrics, {"arcface_identity": round(cosine, DECIMALS)})


def build(
    *, name: str = NAME, weights: str = "", accept_research_licence: bool = False, device: str = ""
) -> ArcFaceScorer:
    """The recognition of a folder of InsightFace's.

    weights  a folder such as buffalo_l on this machine; empty: ~/.insightface/models/buffalo_l. Nothing is downloaded
    accept_research_licence  True: the weights are used for non-commercial research only
    device   'cpu', 'cuda' or 'cuda:1'; empty: a GPU where onnxruntime has one
    raises   BadInput, MissingWeights
    """
    check_usable(name, accept_research_licence)
    return ArcFaceScorer(name, analysis_files(name, path_of(name, "weights", weights, ANALYSIS)), device)
