import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from demo_pictures import PEOPLE, demo_picture
from PIL import Image

from tryon_core.errors import BadInput, Refused
from tryon_core.images import digest
from tryon_core.models.embedded.drawing.trousers import find_trousers
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.records import EditRequest, Fix, Noise, Settings


def fixed(request: EditRequest, **amounts: float) -> EditRequest:
    return replace(
        request,
        fixes=tuple(
            Fix(constraint="garment_structure", text="as measured", aspect=aspect, amount=amount)
            for aspect, amount in amounts.items()
        ),
    )


def red_area(picture: Image.Image) -> np.ndarray:
    return to_lab(np.array(picture))[..., 1] > 35


def middle(area: np.ndarray) -> tuple[float, float]:
    """(x, y) of the centre of an area."""
    y, x = np.nonzero(area)
    return float(x.mean()), float(y.mean())


def changed(before: Image.Image, after: Image.Image) -> np.ndarray:
    return (np.array(before) != np.array(after)).any(-1)


# ---- what it draws ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "garment", "truth"),
    [("p2", "lab", "p2_lab"), ("p3", "blocks", "p3_blocks"), ("p4", "loop", "p4_loop")],
)
def test_a_plain_pair_comes_near_its_true_picture(warp, person, garment, truth):
    before, after = demo_picture("persons", person), demo_picture("truth", truth)
    drawn = warp(EditRequest(prompt="", images=(before, demo_picture("garments", garment))))
    lab_before, lab_after, lab_drawn = (to_lab(np.array(picture)) for picture in (before, after, drawn))
    needed = colour_difference(lab_before, lab_after)
    zone = needed > 5
    assert colour_difference(lab_drawn, lab_after)[zone].mean() < 0.4 * needed[zone].mean()


def test_it_says_that_it_keeps_the_frame(warp):
    assert warp.keeps_frame is True


def test_pixels_away_from_the_garments_keep_their_bytes(man, first_draft):
    touched = changed(man, first_draft)
    person = see_person(man)
    assert not touched[person.face].any() and not touched[:, :40].any() and not touched[-60:].any()
    assert 0.1 < touched.mean() < 0.4


def test_a_large_photograph_keeps_its_size_and_its_bytes_outside(warp, man, red_tee):
    large = man.resize((man.width * 3 // 2, man.height * 3 // 2), Image.Resampling.LANCZOS)
    drawn = warp(EditRequest(prompt="", images=(large, red_tee)))
    touched = changed(large, drawn)
    assert drawn.size == large.size and touched.any() and not touched[:, :60].any() and not touched[:150].any()


def test_the_old_garment_is_gone_where_the_new_one_is_smaller(warp, tank_top):
    person = demo_picture("persons", "p3")  # in a green tee with sleeves
    drawn = see_person(warp(EditRequest(prompt="", images=(person, tank_top))))
    sleeves = see_person(person).upper & see_person(person).arms & ~drawn.upper
    assert drawn.skin[sleeves].mean() > 0.7


@pytest.fixture(scope="module")
def shortened(warp, man) -> Image.Image:
    """Stripes on the man, ending a good way above the hem of his grey tee."""
    request = EditRequest(prompt="", images=(man, demo_picture("garments", "stripes")))
    return warp(fixed(request, length=-0.2))


def test_trousers_go_on_under_a_top_in_the_shade_they_have_below(man):
    person = see_person(man)
    trousers = find_trousers(person)
    lab = to_lab(np.where((trousers.rise_px_HW(person.upper.shape) > 0)[..., None], trousers.continued(person), man))
    rise, between = trousers.rise_px_HW(lab.shape[:2]), trousers.between_HW(lab.shape[:2])
    for left in np.arange(0.05, 0.95, 0.1):  # side by side, for trousers are darker at their sides
        column = (between > left) & (between < left + 0.1)
        above, below = (lab[column & (np.abs(rise - height) < 8)].mean(0) for height in (12, -16))
        assert np.linalg.norm(above - below) < 3


def test_trousers_narrow_towards_the_waist(man):
    trousers = find_trousers(see_person(man))
    low, high = (sum(trousers.half_px(np.array(height), side) for side in (0, 1)) for height in (5, 45))
    assert 0.85 * low < high < 0.97 * low


def test_nothing_of_the_old_hem_is_left_beside_the_hips(man, shortened):
    person, shape = see_person(man), see_person(man).alpha_HW.shape
    trousers = find_trousers(person)
    rise, between = trousers.rise_px_HW(shape), trousers.between_HW(shape)
    beside = (rise > 3) & (rise < 40) & (np.abs(between - 0.5) > 0.5) & (person.alpha_HW > 0.7)
    beside &= ~person.arms & (np.abs(between - 0.5) < 0.6)
    assert beside.sum() > 100 and changed(man, shortened)[beside].mean() > 0.98


def test_the_sides_of_trousers_are_found_where_hands_hang_before_them(man):
    plain, spot = find_trousers(see_person(man)), replace(see_person(man), lower=see_person(man).lower.copy())
    spot.lower[:, : int(spot.frame.centre[0])] = False  # the person's right side cannot be seen
    assert find_trousers(spot).half_px_2[1] == pytest.approx(plain.half_px_2[1], abs=2)
    assert find_trousers(spot).half_px_2[0] == pytest.approx(plain.half_px_2[1], abs=2)


def test_a_person_whose_lower_garment_is_not_seen_has_no_trousers(man):
    person = see_person(man)
    assert find_trousers(replace(person, lower=np.zeros_like(person.lower))) is None


# ---- the same request, the same bytes --------------------------------------------------------------------------------


def test_another_process_draws_the_same_bytes(first_draft):
    code = (
        "from PIL import Image; from tryon_core.models import load; from tryon_core.records import EditRequest;"
        "from tryon_core.images import digest; from pathlib import Path; import sys; demo = Path(sys.argv[1]);"
        "pictures = tuple(Image.open(demo / n).convert('RGB') for n in ('persons/p2.webp', 'garments/cropped.webp'));"
        "print(digest(load('warp')(EditRequest(prompt='', images=pictures))))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(PEOPLE)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(first_draft)


def test_seed_zero_twice_is_equal_and_another_seed_is_another_picture(warp, red_on_man, first_draft):
    assert digest(warp(red_on_man)) == digest(first_draft)
    other = warp(replace(red_on_man, noise=Noise(seed=11)))
    assert digest(other) != digest(first_draft) and (red_area(other) ^ red_area(first_draft)).mean() < 0.05


def test_threads_draw_the_same_bytes(warp, red_on_man, first_draft):
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(warp, [red_on_man] * 4))
    assert {digest(picture) for picture in drawn} == {digest(first_draft)}


def test_the_card_tells_what_drew_and_its_revision_is_its_source(warp):
    assert warp.card.name == "warp" and warp.card.kind == "real" and len(warp.card.revision) == 16


# ---- what it is asked to change --------------------------------------------------------------------------------------


def test_more_length_lowers_the_hem(warp, red_on_man, first_draft):
    longer = warp(fixed(red_on_man, length=0.35))  # a short tee, drawn down to the waistband already
    assert np.flatnonzero(red_area(longer).any(1))[-1] > np.flatnonzero(red_area(first_draft).any(1))[-1] + 20


def test_longer_sleeves_reach_further_out(warp, red_on_man, first_draft):
    longer = warp(fixed(red_on_man, sleeve=0.2))
    assert np.ptp(np.flatnonzero(red_area(longer).any(0))) > np.ptp(np.flatnonzero(red_area(first_draft).any(0))) + 20


def test_more_width_widens_the_body_of_the_garment(warp, red_on_man, first_draft):
    row = int(0.7 * first_draft.height)
    assert red_area(warp(fixed(red_on_man, width=0.15)))[row].sum() > red_area(first_draft)[row].sum() + 15


def test_a_deeper_neckline_shows_more_of_the_neck(warp, red_on_man, first_draft, man):
    x = int(see_person(man).frame.centre[0])
    assert red_area(warp(fixed(red_on_man, neckline=0.15)))[:, x].argmax() > red_area(first_draft)[:, x].argmax() + 15


@pytest.mark.parametrize(("aspect", "axis"), [("shift_right", 0), ("shift_down", 1)])
def test_a_shift_moves_the_garment_that_way(warp, red_on_man, first_draft, aspect, axis):
    moved = warp(fixed(red_on_man, **{aspect: 0.1}))
    assert middle(red_area(moved))[axis] > middle(red_area(first_draft))[axis] + 5


def test_lightness_and_chroma_move_the_colour_by_about_their_amount(warp, red_on_man, first_draft):
    cloth = red_area(first_draft)
    before = to_lab(np.array(first_draft))[cloth]
    lighter = to_lab(np.array(warp(fixed(red_on_man, lightness=8))))[cloth]
    duller = to_lab(np.array(warp(fixed(red_on_man, chroma=-15))))[cloth]
    assert 4 < (lighter - before)[:, 0].mean() < 9
    assert -18 < (np.hypot(*duller.T[1:]) - np.hypot(*before.T[1:])).mean() < -10


def test_sharpness_raises_the_detail_and_edge_softens_the_outline(warp, man):
    request = EditRequest(prompt="", images=(man, demo_picture("garments", "stripes")))

    def detail(picture):
        return np.abs(np.diff(to_lab(np.array(picture))[..., 0], axis=0)).mean()

    plain, sharp, soft = (warp(r) for r in (request, fixed(request, sharpness=1.0), fixed(request, edge=3.0)))
    assert detail(sharp) > 1.02 * detail(plain)
    assert changed(man, soft).sum() > changed(man, plain).sum()


def test_less_shading_flattens_the_light_on_the_garment(warp, red_on_man, first_draft):
    inner = red_area(first_draft)
    flat = to_lab(np.array(warp(fixed(red_on_man, shading=-1.0))))[inner][:, 0]
    assert flat.std() < to_lab(np.array(first_draft))[inner][:, 0].std()


def test_more_cover_clears_further_round_the_old_garment(warp, tank_top):
    person = demo_picture("persons", "p3")
    request = EditRequest(prompt="", images=(person, tank_top))
    assert changed(person, warp(fixed(request, cover=1.0))).sum() > changed(person, warp(request)).sum()


# ---- what it declines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"settings": Settings(steps=4, guidance=2.0)}, "steps, guidance"),
        ({"settings": Settings(strength=0.5)}, "strength"),
        ({"settings": Settings(size=(512, 512))}, "size"),
        ({"settings": Settings(negative_prompt="blurry")}, "negative_prompt"),
        ({"mask": Image.new("L", (8, 8))}, "mask"),
        ({"control": Image.new("L", (8, 8))}, "control"),
    ],
)
def test_what_cannot_be_honoured_is_refused_before_any_work(warp, change, named):
    tiny = Image.new("RGB", (8, 8))  # perception would refuse it: the settings are looked at first
    with pytest.raises(BadInput, match=named):
        warp(EditRequest(prompt="", images=(tiny, tiny), **change))


def test_one_picture_is_not_enough(warp, man):
    with pytest.raises(BadInput, match="the person and the garment; got 1"):
        warp(EditRequest(prompt="", images=(man,)))


def test_a_refused_garment_is_refused_by_name(warp, man):
    with pytest.raises(Refused) as caught:
        warp(EditRequest(prompt="", images=(man, demo_picture("garments", "white"))))
    assert caught.value.reason == "white_on_white"
