"""Draw an upper garment on a person: old one off, new one draped and lit, what lies before it back on top."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np

from ...masks import grown, opened, soft
from .body import measure_body
from .canvas import Canvas
from .drape import Drape, drape
from .garment import Garment
from .parameters import WarpParameters
from .perception import Person
from .placement import place
from .shade import contact_shadow, lit
from .trousers import find_trousers
from .undress import made_up, remains

_FEATHER_PX = 1.2


def draw_upper(person: Person, garment: Garment, parameters: WarpParameters) -> Canvas:
    """The layers to lay over the person's picture, at working size."""
    body = measure_body(person)
    placement = place(person, body, garment, parameters)
    draped = drape(garment, placement, person)
    front_HW = occluders(person, draped)
    alpha_HW = draped.alpha_HW * (1 - front_HW)

    canvas = Canvas(person.alpha_HW.shape)
    trousers = find_trousers(person)
    canvas.paint(made_up(person, body, trousers), remains(person, trousers, alpha_HW, parameters.cover))
    canvas.paint(0.0, contact_shadow(alpha_HW, person))
    feathered_HW = cv2.GaussianBlur(alpha_HW, (0, 0), max(0.3, 0.8 * (_FEATHER_PX + parameters.edge)))
    canvas.paint(lit(draped.colour_HW3, alpha_HW, person, parameters), feathered_HW)
    canvas.reveal(front_HW)
    return canvas


def occluders(person: Person, draped: Drape) -> np.ndarray:
    """float32 (H, W), 0-1: what stays in front of any garment: face, hair, the core of the neck, hands and forearms."""
    unit, shape = person.frame.shoulder_px, person.alpha_HW.shape
    down_HW, across_HW = person.frame.down_share_HW(shape), person.frame.across_px_HW(shape)
    above_collar = down_HW * person.frame.torso_px < -0.27 * unit
    neck = person.skin & above_collar & (np.abs(across_HW) < 0.17 * unit)
    sleeves = grown(draped.sleeves_HW > 0.3, 0.045 * unit)
    hands = opened(person.forearms & person.skin & ~sleeves & (down_HW > 0.25), 2)
    smooth_hands = soft(hands, 3.5) > 0.5  # the parse's ragged edge would show against cloth
    return np.maximum.reduce(
        [person.face.astype(np.float32), soft(person.hair, 1.2), soft(neck, 1.0), soft(smooth_hands, 1.2)]
    )
