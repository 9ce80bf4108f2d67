"""What is known of a person before the parse, and the silhouette it starts from."""

# Shapes: H, W image rows and columns; K landmarks; 2 is (x, y); 3 is RGB, Lab or (x, y, visibility).
from dataclasses import dataclass

import cv2
import numpy as np

from .....pictures.masks import grown, guided, shrunk
from ..body_frame import BodyFrame

_ROUNDS = 1  # of GrabCut: three of them move 0.08 % of the silhouette and cost twice as much


@dataclass(frozen=True, kw_only=True, eq=False)
class Sight:
    """What is known of a person before the parse: see perception.Person."""

    image_HW3: np.ndarray
    lab_HW3: np.ndarray
    alpha_HW: np.ndarray
    landmarks_K3: np.ndarray
    face_mesh_K2: np.ndarray | None
    frame: BodyFrame

    @property
    def shape(self) -> tuple[int, int]:
        return self.alpha_HW.shape

    @property
    def person(self) -> np.ndarray:
        return self.alpha_HW > 0.5


def silhouette(image_HW3: np.ndarray, pose_alpha_HW: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """The pose network's coarse silhouette, drawn to the picture's edges: float32 (H, W), 0-1."""
    return drawn_to_edges(image_HW3, pose_alpha_HW, frame.shoulder_px * 0.023)


def drawn_to_edges(image_HW3: np.ndarray, alpha_HW: np.ndarray, band_px: float) -> np.ndarray:
    """A coarse mask, drawn to the picture's edges.

    GrabCut decides in a narrow band only, so it cannot lose a limb; its random start is seeded, so runs agree.

    alpha_HW  float32 (H, W), 0-1
    band_px   half of the band's width
    returns   float32 (H, W), 0-1
    """
    labels = np.where(alpha_HW > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[shrunk(alpha_HW > 0.6, band_px)] = cv2.GC_FGD
    labels[~grown(alpha_HW > 0.25, band_px)] = cv2.GC_BGD
    half = (image_HW3.shape[1] // 2, image_HW3.shape[0] // 2)
    small = cv2.resize(image_HW3, half, interpolation=cv2.INTER_AREA)
    small_labels = cv2.resize(labels, half, interpolation=cv2.INTER_NEAREST)
    if {cv2.GC_FGD, cv2.GC_BGD} <= set(np.unique(small_labels).tolist()):  # it needs both to learn from
        cv2.setRNGSeed(7)
        cv2.grabCut(small, small_labels, None, np.zeros((1, 65)), np.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK)
    inside = np.isin(small_labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    inside = cv2.GaussianBlur(cv2.resize(inside, image_HW3.shape[1::-1]), (0, 0), 1.0)
    return np.clip(guided(image_HW3, inside, 4, 1e-4), 0, 1)
