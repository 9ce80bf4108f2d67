"""Lay one face's skin on another: the character's own proportions in the target's pose, piecewise affine.

The outline is the target's, so that the face joins its head; inwards the shape becomes the character's own.
"""

# Shapes: H, W rows and columns of a crop; K mesh points; 3 is x, y, depth or RGB; 2 is x, y in pixels.
import cv2
import numpy as np
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import Delaunay

from ..embedded.seeing.seen_faces import OVAL, SeenFace

OWN_FROM = 0.16  # of the face's width inside the outline: from there on the shape is the character's own


def laid_shape(target: SeenFace, character: SeenFace) -> np.ndarray:
    """float32 (468, 2): where the character's mesh comes to lie in the target's picture.

    Its mesh is turned, scaled and shifted onto the target's in space, which takes its pose, and then drawn to the
    target's outline, the nearer the more.
    """
    posed_K2 = _in_pose_of(target.mesh_K3, character.mesh_K3)[:, :2]
    oval_K2 = posed_K2[list(OVAL)].astype(np.float32)
    inside_K = [cv2.pointPolygonTest(oval_K2, (float(x), float(y)), True) for x, y in posed_K2]
    own_K = _eased(np.array(inside_K) / (OWN_FROM * float(np.ptp(oval_K2[:, 0]))))[:, None]
    return (own_K * posed_K2 + (1 - own_K) * target.mesh_K2).astype(np.float32)


def warped(image_HW3: np.ndarray, from_K2: np.ndarray, to_K2: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """uint8 (*shape, 3): a picture moved by the triangles of a mesh; beyond the mesh its nearest edge goes on.

    from_K2, to_K2  the mesh in the picture, and where it goes
    """
    x, y = np.meshgrid(np.arange(shape[1]), np.arange(shape[0]))
    find = LinearNDInterpolator(Delaunay(to_K2), from_K2)
    at_HW2 = find(np.dstack([x, y]).astype(np.float64)).astype(np.float32)
    return cv2.remap(image_HW3, np.nan_to_num(at_HW2, nan=-1), None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _in_pose_of(target_K3: np.ndarray, mesh_K3: np.ndarray) -> np.ndarray:
    """(468, 3): a mesh after the similarity in space that brings it nearest to another (Umeyama 1991)."""
    middle_3, to_3 = mesh_K3.mean(0), target_K3.mean(0)
    mesh, target = mesh_K3 - middle_3, target_K3 - to_3
    left, stretch_3, right = np.linalg.svd(target.T @ mesh)
    flip_3 = np.array([1, 1, np.sign(np.linalg.det(left @ right))])
    scale = (stretch_3 * flip_3).sum() / (mesh**2).sum()
    return scale * mesh @ ((left * flip_3) @ right).T + to_3


def _eased(share: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, without a kink between."""
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)
