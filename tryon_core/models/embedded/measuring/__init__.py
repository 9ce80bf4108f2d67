"""What `measure` measures, one question a file; MEASURES names them as rubrics do."""

from collections.abc import Callable

from ....records import Score
from . import lighting, pose, scene, swap
from .case import Case
from .faces import identity
from .realness import realism
from .shape import structure
from .surface import appearance

MEASURES: dict[str, Callable[[Case], Score]] = {
    "garment_swap": swap.measure,
    "identity": identity.measure,
    "body_and_pose": pose.measure_body,
    "garment_structure": structure.measure,
    "garment_appearance": appearance.measure,
    "scene_kept": scene.measure,
    "realism": realism.measure,
    "pose": pose.measure_pose,
    "lighting": lighting.measure,
}
