import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from demo_pictures import PEOPLE, demo_picture
from PIL import Image, ImageDraw

from tryon_core.errors import Refused
from tryon_core.images import digest
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.cloth.lower_keypoints import find_lower_keypoints
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters
from tryon_core.models.embedded.drawing.lower_body.behind_legs import carried_across
from tryon_core.models.embedded.drawing.lower_body.hips_and_legs import LowerBody, see_lower_body
from tryon_core.models.embedded.drawing.lower_body.lower import draw_lower
from tryon_core.models.embedded.drawing.lower_body.lower_placement import LowerLayout
from tryon_core.models.embedded.drawing.lower_body.lower_undress import bared_legs, check_skin_known, lower_remains
from tryon_core.models.embedded.seeing.legs import see_legs
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.models.embedded.seeing.shoes import find_shoes
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.records import EditRequest, Fix, Noise

TROUSERS = [(200, 100), (400, 100), (430, 750), (330, 750), (300, 350), (270, 750), (170, 750)]


def filled(*points: tuple[int, int]) -> np.ndarray:
    sheet = Image.new("L", (600, 800), 0)
    ImageDraw.Draw(sheet).polygon(points, fill=255)
    return np.array(sheet) > 0


def request_for(person: str, garment: str, **amounts: float) -> EditRequest:
    fixes = tuple(
        Fix(constraint="garment_structure", text="as measured", aspect=name, amount=amount)
        for name, amount in amounts.items()
    )
    pictures = (demo_picture("persons", person), demo_picture("garments", garment))
    return EditRequest(prompt="", images=pictures, fixes=fixes)


def differing(one: Image.Image, other: Image.Image, least: float = 6) -> np.ndarray:
    """bool (H, W): where two pictures of one size have clearly different colours."""
    return colour_difference(to_lab(np.array(one)), to_lab(np.array(other))) > least


def drawn_rows(person: str, picture: Image.Image, across: float) -> np.ndarray:
    """Rows where most of a narrow band was drawn anew; `across` is 0 between the legs, 1 on the person's right leg."""
    before, legs = demo_picture("persons", person), see_legs(see_person(demo_picture("persons", person)))
    x = int(legs.frame.centre[0] + legs.middle(0) * (1 - across) + legs.across_23[0, 2] * across)
    band = differing(before, picture)[:, x - 6 : x + 7]
    return np.flatnonzero(band.mean(1) > 0.5)


@pytest.fixture(scope="module")
def trousers_on_him(warp) -> Image.Image:
    return warp(request_for("p2_full", "trousers_a"))


@pytest.fixture(scope="module")
def skirt_on_him(warp) -> Image.Image:
    """On a man in jeans: legs come to light."""
    return warp(request_for("p2_full", "skirt_a"))


# ---- what a garment's picture shows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [("trousers_a", "trousers"), ("skirt_a", "skirt"), ("dress_a", "dress"), ("stripes", "upper"), ("loop", "upper")],
)
def test_the_kind_of_a_garment_is_read_off_its_picture(name, kind):
    garment = see_garment(demo_picture("garments", name))
    assert garment.kind == kind and (garment.lower is None) == (kind == "upper")


def test_trousers_have_their_waist_crotch_and_hems_where_they_were_drawn():
    keys = find_lower_keypoints(filled(*TROUSERS), "trousers")
    assert keys.waist_y == pytest.approx(105, abs=6) and keys.hem_y == pytest.approx(745, abs=10)
    assert keys.crotch == pytest.approx([300, 352], abs=6)
    assert [hem[0][0] for hem in keys.hems] == pytest.approx([171, 429], abs=4)
    assert [hem[1][0] for hem in keys.hems] == pytest.approx([270, 330], abs=4)


def test_legs_that_lie_on_each_other_part_at_a_usual_height():
    closed = [(200, 100), (400, 100), (430, 750), (310, 750), (300, 700), (290, 750), (170, 750)]
    keys = find_lower_keypoints(filled(*closed), "trousers")
    assert 280 < keys.crotch[1] < 370


def test_a_skirts_corners_lie_above_the_middle_of_its_curved_hem():
    keys = find_lower_keypoints(filled((220, 150), (380, 150), (470, 680), (300, 710), (130, 680)), "skirt")
    (left, middle), (right, _) = keys.hems
    assert keys.crotch is None and middle[1] > left[1] + 10
    assert (left[0], right[0]) == pytest.approx((132, 468), abs=8)


# ---- what a person's picture shows -----------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["p1_full", "p2_full"])
def test_ankles_knees_and_shoes_are_found_in_a_full_length_picture(person):
    seen = see_person(demo_picture("persons", person))
    legs, shoes = see_legs(seen), find_shoes(seen)
    assert legs.ankles_seen and (np.diff(legs.down_23, axis=1) > 0.5 * seen.frame.torso_px).all()
    down = seen.frame.down_share_HW(shoes.shape)[shoes] * seen.frame.torso_px
    assert shoes.sum() > 0.05 * seen.frame.shoulder_px**2
    assert np.percentile(down, 2) > legs.ankle_px - 0.15 * seen.frame.shoulder_px


def test_legs_are_parted_in_jeans_and_not_in_a_skirt():
    him, her = (see_legs(see_person(demo_picture("persons", name))) for name in ("p2_full", "p1_full"))
    assert him.parted and not her.parted


def test_a_cropped_picture_shows_no_shoes(man):
    person = see_person(man)
    assert not see_legs(person).ankles_seen and not find_shoes(person).any()


# ---- what is drawn ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "garment", "share"),
    [
        ("p2_full", "trousers_a", 0.2),
        ("p1_full", "trousers_a", 0.3),
        ("p1_full", "skirt_a", 0.55),
        ("p2_full", "skirt_a", 0.5),
    ],
)
def test_a_draft_comes_near_its_true_picture(warp, person, garment, share):
    before, after = demo_picture("persons", person), demo_picture("truth", f"{person}_{garment}")
    drawn = warp(request_for(person, garment))
    lab_before, lab_after, lab_drawn = (to_lab(np.array(picture)) for picture in (before, after, drawn))
    needed = colour_difference(lab_before, lab_after)
    assert colour_difference(lab_drawn, lab_after)[needed > 5].mean() < share * needed[needed > 5].mean()


@pytest.mark.parametrize(("garment", "across"), [("trousers_a", 1), ("skirt_a", 0)])
def test_the_hem_lands_within_a_twelfth_of_the_torso_of_the_true_one(warp, garment, across):
    torso_px = see_person(demo_picture("persons", "p1_full")).frame.torso_px
    pictures = demo_picture("truth", f"p1_full_{garment}"), warp(request_for("p1_full", garment))
    true_row, row = (drawn_rows("p1_full", picture, across)[-1] for picture in pictures)
    assert abs(row - true_row) < torso_px / 12


def test_shoes_keep_their_bytes(trousers_on_him, skirt_on_him):
    before = demo_picture("persons", "p2_full")
    shoes = find_shoes(see_person(before))
    core = np.array(Image.fromarray(shoes).resize(before.size)) if shoes.shape != before.size[::-1] else shoes
    for drawn in (trousers_on_him, skirt_on_him):
        changed = (np.array(before) != np.array(drawn)).any(-1)
        assert changed[core].mean() < 0.12  # their soft upper rim alone


def test_top_head_and_background_keep_their_bytes(trousers_on_him):
    before = demo_picture("persons", "p2_full")
    changed = (np.array(before) != np.array(trousers_on_him)).any(-1)
    person = see_person(before)
    above = person.frame.down_share_HW(changed.shape) < 0.75
    assert not changed[above].any() and not changed[:, :100].any() and not changed[:, -100:].any()
    assert 0.03 < changed.mean() < 0.3


def test_bare_legs_come_to_light_in_the_wearers_skin_colour(skirt_on_him):
    person = see_person(demo_picture("persons", "p2_full"))
    legs = see_legs(person)
    x, y = legs.frame.point(
        legs.bone(0.5 * (legs.down_23[0, 1] + legs.ankle_px), 0), 0.5 * (legs.down_23[0, 1] + legs.ankle_px)
    )
    shin = to_lab(np.array(skirt_on_him))[int(y) - 5 : int(y) + 5, int(x) - 4 : int(x) + 4].reshape(-1, 3)
    arms = person.lab_HW3[person.skin & person.forearms]
    assert np.linalg.norm(np.median(shin, 0) - np.median(arms, 0)) < 15


def test_nothing_of_wide_old_jeans_is_left_beside_bare_shins(skirt_on_him):
    person = see_person(demo_picture("persons", "p2_full"))
    jeans, legs = np.median(person.lab_HW3[person.lower], 0), see_legs(person)
    down = person.frame.down_share_HW(person.lower.shape) * person.frame.torso_px
    shins = person.lower & (down > legs.down_23[0, 1] + 0.1 * person.frame.torso_px) & (down < legs.ankle_px)
    left = np.linalg.norm(to_lab(np.array(skirt_on_him))[shins] - jeans, axis=-1) < 8
    assert shins.sum() > 1000 and left.mean() < 0.02


def test_a_cropped_picture_is_drawn_as_far_as_it_goes(warp, man):
    drawn = warp(EditRequest(prompt="", images=(man, demo_picture("garments", "trousers_a"))))
    changed = (np.array(man) != np.array(drawn)).any(-1)
    assert changed[-5:].mean() > 0.2 and not changed[: man.height // 2].any()


def test_hands_beside_the_hips_keep_their_bytes(skirt_on_him, trousers_on_him):
    before = demo_picture("persons", "p2_full")
    person = see_person(before)
    hands = person.skin & ~person.face & (person.frame.down_share_HW(person.skin.shape) > 0.9) & person.forearms
    for drawn in (skirt_on_him, trousers_on_him):
        assert hands.sum() > 200 and (np.array(before) != np.array(drawn)).any(-1)[hands].mean() < 0.02


def test_trousers_hang_over_dark_socks_and_a_skirt_leaves_them(warp):
    before = demo_picture("truth", "p2_full_skirt_a")  # bare legs in socks
    legs = see_legs(see_person(before))
    x, y = legs.frame.point(
        legs.bone(legs.down_23[0, 2], 0), legs.down_23[0, 2] - 0.05 * legs.frame.shoulder_px
    ).astype(int)
    drawn = [
        warp(EditRequest(prompt="", images=(before, demo_picture("garments", name))))
        for name in ("trousers_a", "skirt_a")
    ]
    sock, trousers, skirt = (to_lab(np.array(p))[y - 3 : y + 4, x - 3 : x + 4].mean((0, 1)) for p in (before, *drawn))
    assert np.linalg.norm(trousers - sock) > 25 and np.linalg.norm(skirt - sock) < 2


def test_a_row_behind_the_legs_is_mixed_from_its_own_ends():
    image = np.zeros((40, 60, 3), np.uint8)
    image[:20], image[20:] = 200, 90
    known = np.ones((40, 60), bool)
    known[:, 20:40] = False
    filled_HW3 = carried_across(image, known)
    assert np.allclose(filled_HW3[5, 20:40], 200, atol=1) and np.allclose(filled_HW3[35, 20:40], 90, atol=1)


def test_another_process_draws_the_same_bytes(trousers_on_him):
    code = (
        "from PIL import Image; from tryon_core.models import load; from tryon_core.records import EditRequest;"
        "from tryon_core.images import digest; from pathlib import Path; import sys; root = Path(sys.argv[1]);"
        "names = ('persons/p2_full.webp', 'garments/trousers_a.webp');"
        "pictures = tuple(Image.open(root / name).convert('RGB') for name in names);"
        "print(digest(load('warp')(EditRequest(prompt='', images=pictures))))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(PEOPLE)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(trousers_on_him)


# ---- what it is asked to change --------------------------------------------------------------------------------------


def test_a_shorter_skirt_ends_higher(warp, skirt_on_him):
    person = see_person(demo_picture("persons", "p2_full"))
    shorter = warp(request_for("p2_full", "skirt_a", length=-0.2))
    between = int(see_legs(person).frame.point(float(see_legs(person).middle(0)), 0)[0])
    red = [to_lab(np.array(picture))[:, between, 1] > 10 for picture in (skirt_on_him, shorter)]
    lower, higher = (np.flatnonzero(column[person.alpha_HW.shape[0] // 3 :])[-1] for column in red)
    assert 0.1 * person.frame.torso_px < lower - higher < 0.3 * person.frame.torso_px


def hem_px(person: str, garment: str, length: float) -> float:
    """How far down the hem is placed."""
    what = see_garment(demo_picture("garments", garment))
    return LowerLayout(lower_body(person), what, WarpParameters(length=length)).hem_px


def lower_body(person: str) -> LowerBody:
    return see_lower_body(see_person(demo_picture("persons", person)))


def test_no_correction_bares_ankles_that_nobody_has_seen():
    hidden, bare = lower_body("p2_full"), lower_body("p1_full")  # in jeans, in a skirt
    assert bare.hidden_px < bare.legs.ankle_px - 0.3 * bare.legs.frame.torso_px
    assert hem_px("p2_full", "trousers_a", -0.3) == pytest.approx(hidden.hidden_px)
    torso_px = bare.legs.frame.torso_px
    assert hem_px("p1_full", "trousers_a", 0.0) - hem_px("p1_full", "trousers_a", -0.3) > 0.25 * torso_px


def test_no_correction_lays_a_hem_over_shoes():
    worn = lower_body("p2_full")
    assert hem_px("p2_full", "trousers_a", 0.6) <= worn.legs.ankle_px + 0.07 * worn.legs.frame.shoulder_px


def test_more_width_widens_trousers_and_a_shift_moves_them(warp, trousers_on_him):
    before = demo_picture("persons", "p2_full")
    row = int(0.7 * before.height)

    def columns(picture):
        return np.flatnonzero(to_lab(np.array(picture))[row, :, 2] > 18)

    wide = columns(warp(request_for("p2_full", "trousers_a", width=0.2)))
    moved = columns(warp(request_for("p2_full", "trousers_a", shift_right=0.1)))
    plain = columns(trousers_on_him)
    assert np.ptp(wide) > np.ptp(plain) + 15 and moved.mean() > plain.mean() + 8


def test_lightness_and_chroma_move_a_skirts_colour(warp, skirt_on_him):
    row = slice(int(0.55 * skirt_on_him.height), int(0.6 * skirt_on_him.height))
    column = slice(skirt_on_him.width // 2 - 20, skirt_on_him.width // 2 + 20)
    changed = warp(request_for("p2_full", "skirt_a", lightness=8, chroma=-10))
    plain, other = (to_lab(np.array(picture))[row, column] for picture in (skirt_on_him, changed))
    assert 4 < (other - plain)[..., 0].mean() < 10
    assert (np.hypot(*np.moveaxis(other[..., 1:], -1, 0)) < np.hypot(*np.moveaxis(plain[..., 1:], -1, 0))).mean() > 0.9


def test_another_seed_draws_other_bytes(warp, trousers_on_him):
    assert digest(warp(replace(request_for("p2_full", "trousers_a"), noise=Noise(seed=7)))) != digest(trousers_on_him)


# ---- what it declines ------------------------------------------------------------------------------------------------


def test_a_jumpsuit_is_refused(warp):
    half = [
        (384, 90),
        (423, 55),
        (458, 60),
        (500, 90),
        (560, 260),
        (520, 280),
        (490, 200),
        (480, 380),
        (510, 500),
        (520, 960),
    ]
    half += [(400, 960), (384, 560)]
    jumpsuit = Image.new("RGB", (768, 1024), (240, 240, 240))
    ImageDraw.Draw(jumpsuit).polygon(half + [(768 - x, y) for x, y in reversed(half)], fill=(60, 110, 80))
    with pytest.raises(Refused) as caught:
        warp(EditRequest(prompt="", images=(demo_picture("persons", "p2_full"), jumpsuit)))
    assert caught.value.reason == "one_piece"


def test_somebody_who_sits_is_refused():
    person = see_person(demo_picture("persons", "p2_full"))
    bent = person.landmarks_K3.copy()
    bent[[25, 26], 1] = bent[[23, 24], 1] + 0.1 * person.frame.torso_px
    with pytest.raises(Refused, match="sits or lifts a knee") as caught:
        see_lower_body(replace(person, landmarks_K3=bent))
    assert caught.value.reason == "seated"


def test_a_picture_that_ends_at_the_hem_of_the_top_is_refused():
    picture = demo_picture("persons", "p2_full")
    person = see_person(picture)
    bottom = (
        float(see_lower_body(person).top_and_waistband_px[0]) + person.frame.centre[1] + 0.1 * person.frame.torso_px
    )
    cropped = picture.crop((0, 0, picture.width, int(bottom)))
    with pytest.raises(Refused) as caught:
        draw_lower(see_person(cropped), see_garment(demo_picture("garments", "skirt_a")), WarpParameters())
    assert caught.value.reason == "legs_not_shown"


def test_legs_of_nobody_whose_skin_is_seen_are_refused():
    person = see_person(demo_picture("persons", "p2_full"))
    worn = see_lower_body(replace(person, skin=np.zeros_like(person.skin)))
    bared = bared_legs(worn, lower_remains(worn, np.zeros(person.alpha_HW.shape, np.float32), 0.0), None)
    with pytest.raises(Refused) as caught:
        check_skin_known(worn, bared)
    assert caught.value.reason == "bare_legs_unknown"


def test_a_person_of_the_demo_set_can_wear_every_kind(warp):
    woman = demo_picture("persons", "p1")
    for garment in ("trousers_a", "skirt_a", "dress_a"):
        assert (
            differing(woman, warp(EditRequest(prompt="", images=(woman, demo_picture("garments", garment))))).mean()
            > 0.05
        )
