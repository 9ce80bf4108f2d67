"""Draw an upper garment on a person: old one off, new one draped and lit, what lies before it back on top."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np

from ....pictures.masks import grown, guided, opened, soft, touching
from ..cloth.garment import Garment
from ..seeing.body import measure_body
from ..seeing.limbs import find_limbs
from ..seeing.perception import Person
from ..seeing.recall import once_each
from .canvas import Canvas
from .drape import Drape, drape
from .drawing_parameters import WarpParameters
from .placement import place
from .shade import contact_shadow, lit
from .trousers import find_trousers
from .undress import behind, made_up, remains

_FEATHER_PX = 1.2
_LEAST_SLEEVE_PX = 200


def draw_upper(person: Person, garment: Garment, parameters: WarpParameters) -> Canvas:
    """The layers to lay over the person's picture, at working size."""
    body, trousers = measure_body(person), find_trousers(person)
    draped = drape(garment, place(person, garment, parameters), person)
    front_HW = occluders(person, draped)
    bare_HW, sleeved_HW = arms_by_cuff(person, draped)
    alpha_HW = draped.alpha_HW * (1 - np.maximum(front_HW, bare_HW))

    canvas = Canvas(person.alpha_HW.shape)
    canvas.paint(made_up(person, body, trousers), remains(person, trousers, alpha_HW, parameters.cover))
    canvas.paint(behind(person), sleeved_HW * (1 - alpha_HW))
    canvas.paint(0.0, contact_shadow(alpha_HW, person))
    feathered_HW = cv2.GaussianBlur(alpha_HW, (0, 0), max(0.3, 0.8 * (_FEATHER_PX + parameters.edge)))
    canvas.paint(lit(draped.colour_HW3, alpha_HW, person, parameters), feathered_HW)
    canvas.reveal(np.maximum(head(person), hands(person, draped)))
    return canvas


def occluders(person: Person, draped: Drape) -> np.ndarray:
    """float32 (H, W), 0-1: what stays in front of any garment: face, hair, the core of the neck, hands and forearms."""
    unit, shape = person.frame.shoulder_px, person.alpha_HW.shape
    down_HW, across_HW = person.frame.down_share_HW(shape), person.frame.across_px_HW(shape)
    above_collar = down_HW * person.frame.torso_px < -0.27 * unit
    neck = person.skin & above_collar & (np.abs(across_HW) < 0.17 * unit)
    return np.maximum.reduce([head(person), soft(neck, 1.0), _bare_forearms(person, draped)])


def _bare_forearms(person: Person, draped: Drape) -> np.ndarray:
    """float32 (H, W), 0-1: hands and bare forearms beyond the new sleeves."""
    unit, down_HW = person.frame.shoulder_px, person.frame.down_share_HW(person.alpha_HW.shape)
    sleeves = grown(draped.sleeves_HW > 0.3, 0.045 * unit)
    reach = grown(person.forearms, 0.1 * unit)  # fingers spread beyond the landmarks of a hand
    hands = touching(opened(reach & person.skin & ~sleeves & (down_HW > 0.25), 2), person.forearms, 0.2)
    return soft(soft(hands, 3.5) > 0.5, 1.2)  # the parse's ragged edge would show against cloth


def hands(person: Person, draped: Drape) -> np.ndarray:
    """float32 (H, W), 0-1: hands beyond the wrists: nothing is ever painted on them."""
    wrists = np.max([np.clip((limb.along_HW - 1.85) / 0.1, 0, 1) for limb in find_limbs(person)], axis=0)
    return _bare_forearms(person, draped) * wrists


@once_each
def head(person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: face and hair, with single strands where they stand out from what is behind."""
    hair_HW = soft(person.hair, 1.0)
    strands_HW = guided(person.image_HW3, hair_HW, 0.03 * person.frame.shoulder_px, 1e-3)
    strands_HW = np.clip((strands_HW - 0.15) / 0.7, 0, 1) * grown(person.hair, 0.04 * person.frame.shoulder_px)
    return np.maximum(np.maximum(hair_HW, strands_HW), person.face.astype(np.float32))


def arms_by_cuff(person: Person, draped: Drape) -> tuple[np.ndarray, np.ndarray]:
    """float32 (H, W), 0-1, each: the arms beyond the new cuffs, which lie before the trunk; those that a sleeve hides.

    A hidden arm may be thicker than its new sleeve is drawn; nobody sees an arm beside its sleeve.
    """
    seen_HW = soft((person.skin | person.upper) & ~person.face, 1.0) * person.alpha_HW
    bare_HW, sleeved_HW = np.zeros_like(seen_HW), np.zeros_like(seen_HW)
    outside = draped.alpha_HW < 0.5
    for limb in find_limbs(person):
        sleeve = (draped.sleeves_HW > 0.5) & (limb.edge_px_HW > 0) & (limb.along_HW > 0)
        cuff = float(np.percentile(limb.along_HW[sleeve], 98)) if sleeve.sum() > _LEAST_SLEEVE_PX else 0.0
        bare_HW = np.maximum(bare_HW, limb.beyond(cuff) * (limb.along_HW < 2.15))
        if cuff:
            upper_arm = outside & (limb.along_HW > 0) & (limb.along_HW < cuff - 0.08)
            beside = upper_arm & (limb.edge_px_HW > -3) & ~person.lower & ~person.hair
            sleeved_HW = np.maximum(sleeved_HW, soft(beside & grown(draped.sleeves_HW > 0.5, 12), 1.0))
    return bare_HW * seen_HW * (1 - draped.sleeves_HW), sleeved_HW
