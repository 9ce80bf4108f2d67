"""The flow `face_swap` with scripted models: before and after, consent, reasons."""

import pytest
from characters import Brightness, Swapping, task
from PIL import Image

from tryon_core.errors import Refused
from tryon_core.flows.face_swap import face_swap
from tryon_core.runs.walk import Walk


def swapped(sample=None, **models):
    models = {"face_swapper": Swapping(), "identity": Brightness("face_identity")} | models
    walk = Walk(face_swap(sample or task(), **models))
    list(walk)
    return walk


def test_identity_is_told_before_and_after():
    walk = swapped(task(images={"character": Image.new("RGB", (40, 40), "white")}))
    before, after = (step.scores["face_identity"].value for step in walk.steps)
    assert [step.stage for step in walk.steps] == ["original", "swap"] and walk.chosen == 2
    assert after == 0 < before < 1


def test_outside_its_mask_the_picture_stands():
    walk, mask = swapped(), task().images["mask"]
    left = Image.composite(task().images["init"], walk.steps[1].image, mask)
    assert left.tobytes() == task().images["init"].tobytes()


def test_without_a_mask_the_swapper_s_own_picture_is_taken():
    sample = task().without("mask")
    assert swapped(sample).steps[1].image.getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("consent", ["", "no"])
def test_it_asks_for_consent_first(consent):
    swapper = Swapping()
    with pytest.raises(Refused, match="consent"):
        swapped(task(consent=consent), face_swapper=swapper)
    assert swapper.calls == 0


@pytest.mark.parametrize("reason", ["no_face", "several_faces", "tiny_face", "profile_face"])
def test_a_face_that_cannot_be_swapped_is_an_outcome_of_its_own(reason):
    with pytest.raises(Refused) as caught:
        swapped(face_swapper=Swapping(refuses=reason))
    assert caught.value.reason == reason


def test_a_character_is_needed():
    with pytest.raises(Refused, match="needs the picture 'character'"):
        swapped(task().without("character"))
