import numpy as np
import pytest

from tryon_core.models.embedded.drawing.bared.skin import find_light
from tryon_core.models.embedded.drawing.relief import shading_of
from tryon_core.models.embedded.seeing.recall import once_each
from tryon_core.pictures.features import to_lab

SIZE = (240, 200)
CLOTH = np.zeros(SIZE, bool)
CLOTH[10:-10, 10:-10] = True


def folds() -> np.ndarray:
    """float32 (H, W), 0.7-1: light on hanging cloth."""
    return np.broadcast_to(0.85 + 0.15 * np.sin(np.arange(SIZE[1]) / 12), SIZE).astype(np.float32)


def shown(reflectance_HW3: np.ndarray, light_HW: np.ndarray) -> np.ndarray:
    """Lab of a cloth under a light."""
    linear = (reflectance_HW3 / 255.0) ** 2.2 * light_HW[..., None]
    return to_lab(np.uint8(255 * linear ** (1 / 2.2)))


def striped() -> np.ndarray:
    cloth = np.full((*SIZE, 3), (225, 220, 215), float)
    cloth[(np.arange(SIZE[0]) // 12) % 2 == 0] = (40, 60, 130)
    return cloth


@pytest.mark.parametrize("reflectance", [np.full((*SIZE, 3), (120, 150, 125), float), striped()])
def test_light_is_found_on_plain_and_on_striped_cloth(reflectance):
    light = folds()
    shading = shading_of(shown(reflectance, light), CLOTH)
    assert np.corrcoef(shading[CLOTH], np.log(light)[CLOTH])[0, 1] > 0.9


def test_stripes_leave_no_trace_in_the_light():
    shading = shading_of(shown(striped(), np.ones(SIZE, np.float32)), CLOTH)
    assert np.ptp(shading[CLOTH]) < 0.05


def test_no_cloth_has_no_light():
    assert not shading_of(shown(striped(), folds()), np.zeros(SIZE, bool)).any()


def test_a_light_from_the_left_is_found_from_a_round_limb():
    side = np.linspace(-1, 1, 500)
    facing = np.stack([side, np.zeros(500), np.sqrt(1 - side**2)], 1)
    start, change = find_light(4.0 + facing @ np.array([-0.2, 0.0, 0.2]), facing)
    assert change[0] == pytest.approx(-0.2, abs=0.05) and start == pytest.approx(4.0, abs=0.1)


def test_skin_seen_from_one_direction_keeps_the_usual_light():
    facing = np.tile([0.0, 0.0, 1.0], (400, 1))
    start, change = find_light(np.full(400, 4.2), facing)
    assert start + change[2] == pytest.approx(4.2) and change[2] > 0.1


def test_what_depends_on_a_person_is_worked_out_once():
    asked = []
    ask = once_each(lambda person: asked.append(person) or len(asked))
    one, other = object(), object()
    assert [ask(one), ask(other), ask(one)] == [1, 2, 1] and asked == [one, other]
