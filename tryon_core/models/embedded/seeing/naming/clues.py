"""What the naming of a person's pixels goes by: where the limbs and the head are, and what has the colour of skin."""

# Shapes: H, W image rows and columns.
from dataclasses import dataclass

import numpy as np

from .....pictures.features import ColourModel
from ..anatomy import Head, find_arms, find_hand_room, find_head, torso_slice
from ..body_frame import BodyFrame
from .sight import Sight
from .skin_colour import has_skins_hue, skin_examples, skin_likelihood


@dataclass(frozen=True, kw_only=True, eq=False)
class Clues:
    """Masks are bool (H, W).

    cells           int32 (H, W), ColourModel cells
    skin            float32 (H, W), 0-1: how much a pixel has the colour of the person's skin
    hued            has the hue of the person's skin, in light or in shadow
    arms, forearms  where they are, whatever covers them
    hand_room       where hands can be
    torso           the middle of the torso, from below the collar to above the hips
    """

    sight: Sight
    head: Head
    cells: np.ndarray
    skin: np.ndarray
    hued: np.ndarray
    arms: np.ndarray
    forearms: np.ndarray
    hand_room: np.ndarray
    torso: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.sight.shape

    @property
    def frame(self) -> BodyFrame:
        return self.sight.frame

    @property
    def person(self) -> np.ndarray:
        return self.sight.person


def find_clues(sight: Sight) -> Clues:
    head = find_head(sight.shape, sight.face_mesh_K2, sight.frame)
    arms, forearms = find_arms(sight.shape, sight.landmarks_K3, sight.frame)
    examples_N3 = skin_examples(sight, head)
    return Clues(
        sight=sight,
        head=head,
        cells=ColourModel.cells(sight.lab_HW3),
        skin=skin_likelihood(sight.lab_HW3, examples_N3),
        hued=has_skins_hue(sight.lab_HW3, examples_N3),
        arms=arms,
        forearms=forearms,
        hand_room=find_hand_room(sight.shape, sight.landmarks_K3, sight.frame),
        torso=torso_slice(sight.shape, sight.frame, wide=0.72, top=0.12, bottom=0.92),
    )
