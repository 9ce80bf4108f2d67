"""Where parts of a garment go on a person: level and in the middle, the right length, along the arm, up the neck."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.errors import Refused
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.drawing.drape import Drape, drape
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters
from tryon_core.models.embedded.drawing.placement import place
from tryon_core.models.embedded.drawing.reach import find_reach
from tryon_core.models.embedded.drawing.sleeves import sleeve_edges
from tryon_core.models.embedded.seeing.body import Arm, measure_body
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.models.embedded.seeing.posture.stance import settled
from tryon_core.models.embedded.seeing.waistline import waistline_px
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.records import EditRequest, Noise

TRUE = {"lab": ("p2", "p2_lab"), "loop": ("p4", "p4_loop")}


@cache
def worn(garment: str, person: str) -> Drape:
    who, what = see_person(demo_picture("persons", person)), see_garment(demo_picture("garments", garment))
    return drape(what, place(who, what, WarpParameters()), who)


def hem_down_px(person: str, garment, **asked) -> float:
    """How far below the shoulders the hem's middle is placed."""
    who = see_person(demo_picture("persons", person))
    placed = place(who, garment, WarpParameters(**asked))
    lowest = placed.source_K2[:, 1] > garment.keypoints.hem_y - 1
    return float(who.frame.coordinates(placed.target_K2[lowest])[:, 1].mean())


def without_its_lower_part(garment: str, share: float):
    """The garment cut off straight at a share of its height."""
    picture = np.array(demo_picture("garments", garment))
    rows = np.flatnonzero((picture.min(-1) < 225).any(1))
    picture[int(rows[0] + share * np.ptp(rows)) :] = picture[0, 0]
    return see_garment(Image.fromarray(picture))


def hem_y(cloth: np.ndarray) -> int:
    """The lowest row of cloth at the middle of the picture."""
    return int(np.flatnonzero(cloth[:, 374:394].mean(1) > 0.5)[-1])


@pytest.mark.parametrize("person", ["p1", "p2", "p3", "p4"])
def test_an_upright_person_is_seen_upright_and_in_the_middle(person):
    frame = settled(see_person(demo_picture("persons", person))).frame
    assert abs(frame.centre[0] - 383.5) < 5 and abs(np.degrees(np.arctan2(*frame.across_2[::-1]))) < 1


def test_a_printed_word_lies_level():
    dark = to_lab(worn("loop", "p4").colour_HW3.clip(0, 255))[..., 0] < 40
    dark &= worn("loop", "p4").alpha_HW > 0.9
    y, x = np.nonzero(dark[380:640, 270:500])
    left, right = y[x < np.percentile(x, 25)].mean(), y[x > np.percentile(x, 75)].mean()
    assert abs(right - left) < 9  # of 150 pixels


@pytest.mark.parametrize("garment", TRUE)
def test_the_hem_hangs_where_the_true_pictures_hem_is(garment):
    person, sample = TRUE[garment]
    before, after = (to_lab(np.array(demo_picture(*at))) for at in (("persons", person), ("truth", sample)))
    cloth = to_lab(np.array(demo_picture("truth", sample)))[700, 384]
    true = hem_y((np.linalg.norm(after - cloth, axis=-1) < 20) & (colour_difference(before, after) > 5))
    assert abs(hem_y(worn(garment, person).alpha_HW > 0.5) - true) < 0.06 * 300  # shoulder widths


@pytest.mark.parametrize("person", ["p1", "p2", "p4"])
@pytest.mark.parametrize("asked", [0.0, -0.3])
def test_no_hem_and_no_correction_bares_a_stomach(person, asked):
    who, short = see_person(demo_picture("persons", person)), see_garment(demo_picture("garments", "cropped"))
    line_px = waistline_px(who)
    assert line_px < hem_down_px(person, short, length=asked) < line_px + 0.1 * who.frame.shoulder_px


def test_a_hem_that_reaches_the_waistband_stays_where_it_is():
    garment = see_garment(demo_picture("garments", "lab"))
    longer = hem_down_px("p2", garment, length=0.2)
    assert longer > waistline_px(see_person(demo_picture("persons", "p2"))) + 0.1 * longer


def test_a_garment_that_cannot_cover_the_stomach_is_refused():
    with pytest.raises(Refused, match="a person whose stomach is bare") as refused:
        hem_down_px("p4", without_its_lower_part("cropped", 0.6))
    assert refused.value.reason == "cropped_garment"


def test_a_bare_stomach_in_the_photograph_may_stay_bare():
    who, short = see_person(demo_picture("persons", "p4")), see_garment(demo_picture("garments", "cropped"))
    bare = replace(who, border=replace(who.border, bare_px=0.4 * who.frame.torso_px))
    hems = [place(each, short, WarpParameters()).target_K2[:, 1].max() for each in (bare, who)]
    assert hems[0] < hems[1] - 0.05 * who.frame.torso_px


def test_long_sleeves_grow_with_a_stretched_body():
    who, garment = see_person(demo_picture("persons", "p4")), see_garment(demo_picture("garments", "dots"))
    lower = replace(who, border=replace(who.border, down_px_A=who.border.down_px_A + 0.3 * who.frame.torso_px))
    cuffs = [place(each, garment, WarpParameters()).sleeves[0][1][0][-1, 1] for each in (who, lower)]
    assert cuffs[1] > cuffs[0] + 0.05 * who.frame.torso_px


def test_a_side_lies_outside_the_trousers_that_are_worn_below_it():
    reach = find_reach(who := see_person(demo_picture("persons", "p3")), who.frame)
    worn_px = reach.trousers.half_px(0.0, 0)
    assert reach.half_px(0.9 * worn_px, reach.trousers.line_2[0], 0) > worn_px
    assert reach.half_px(0.5 * worn_px, reach.trousers.line_2[0], 0) < 0.7 * worn_px  # a hand in a pocket
    assert reach.half_px(2 * worn_px, reach.trousers.line_2[0], 0) == 2 * worn_px


@pytest.mark.parametrize("person", ["p1", "p2", "p4"])
def test_long_sleeves_cover_the_arm_from_shoulder_to_wrist(person):
    who = see_person(demo_picture("persons", person))
    cloth = worn("loop", person).alpha_HW > 0.5
    for arm in measure_body(who).arms:
        bone = [np.round(arm.at(share * arm.length_px)).astype(int) for share in np.linspace(0.05, 0.85, 30)]
        assert np.mean([cloth[y, x] for x, y in bone]) == 1


def test_a_cuff_is_as_wide_as_in_its_photograph():
    garment, drawn = see_garment(demo_picture("garments", "loop")), worn("loop", "p4")
    scale = see_person(demo_picture("persons", "p4")).frame.shoulder_px / garment.chest_px
    bottom = np.flatnonzero((drawn.sleeves_HW > 0.5).any(1))[-1] - 25
    row = np.flatnonzero(drawn.sleeves_HW[bottom, :384] > 0.5)
    sleeve = garment.keypoints.sleeves[0]
    own_px = float(np.hypot(*(sleeve.outer_E2[-2] - sleeve.inner_E2[-2]))) * scale
    assert np.ptp(row) < 1.6 * own_px


def test_a_sleeve_on_an_arm_that_points_towards_us_is_as_much_shorter_as_the_arm():
    who = see_person(demo_picture("persons", "p2"))
    sleeve = see_garment(demo_picture("garments", "lab")).keypoints.sleeves[0]

    def length_px(upper: float) -> float:
        elbow = np.array([100.0, 100 + upper])
        bent, plain = (
            Arm(
                joints_P2=np.array([[100, 50], [100, 100], end, end + [0, 180]], float),
                outward_2=np.array([-1.0, 0.0]),
                length_px=float(end[1] + 80),
                radius_px=30.0,
            )
            for end in (elbow, np.array([100.0, 300.0]))
        )
        seam = (np.array([70.0, 90.0]), np.array([130.0, 130.0]))
        outer_E2, _ = sleeve_edges(who, (bent, plain), 0, sleeve=sleeve, seam=seam, scale=0.7, longer=0.0)
        return float(outer_E2[-1, 1] - 90)

    assert length_px(120) < 0.8 * length_px(200)


def test_a_turtleneck_goes_up_the_neck_and_lies_before_it():
    who = see_person(demo_picture("persons", "p2"))
    plain = see_garment(demo_picture("garments", "lab"))
    assert not worn("lab", "p2").collar_HW.any()
    tube = Image.fromarray(_with_tube(plain))
    garment = see_garment(tube)
    drawn = drape(garment, place(who, garment, WarpParameters()), who)
    chin_y = who.face_mesh_K2[:, 1].max()
    top = np.flatnonzero(drawn.collar_HW[:, 384] > 0.5)[0]
    assert chin_y < top < chin_y + 0.2 * who.frame.shoulder_px


def _with_tube(garment) -> np.ndarray:
    """The picture of a tee with a tube of its own colour drawn over its collar."""
    picture, keys = garment.image_HW3.copy(), garment.keypoints
    (left, right), depth = keys.collar, int(0.2 * garment.width_px)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    between = (x > left[0]) & (x < right[0]) & (y > left[1] - 0.25 * garment.width_px) & (y < left[1] + depth)
    picture[between] = (27, 120, 95)
    return picture


def test_another_seed_hangs_visibly_otherwise_and_only_a_little(warp):
    images = (demo_picture("persons", "p2"), demo_picture("garments", "stripes"))
    blind, *others = (
        to_lab(np.array(warp(EditRequest(prompt="", images=images, noise=Noise(seed=seed))))) for seed in (0, 3, 4)
    )
    drawn = colour_difference(blind, to_lab(np.array(images[0]))) > 5
    for other in others:
        assert 4 < colour_difference(blind, other)[drawn].mean() < 45


def test_what_a_garments_pieces_are_is_worked_out_once():
    garment = see_garment(demo_picture("garments", "lab"))
    assert garment.pieces is garment.pieces


def test_beside_a_bare_arm_a_top_is_as_wide_as_the_old_one_is_seen_to_be():
    """At the chest, where arms in sleeves would hide it; of a person turned a little one side is wider."""
    person, top = see_person(demo_picture("truth", "p3_blossoms")), see_garment(demo_picture("garments", "blossoms"))
    unit, across_HW = person.frame.shoulder_px, person.frame.across_px_HW(person.upper.shape)
    chest = np.abs(person.frame.down_share_HW(person.upper.shape) - 0.3) < 0.15
    wider = chest & (across_HW < 0) & (across_HW > -0.62 * unit) & (person.alpha_HW > 0.5)
    turned = replace(person, upper=person.upper | wider, skin=person.skin & ~wider)
    targets = [person.frame.coordinates(place(who, top, WarpParameters()).target_K2) for who in (person, turned)]
    at_chest = [places_K2[places_K2[:, 1] > 0.2 * person.frame.torso_px] for places_K2 in targets]
    plain_px, turned_px = (places_K2[places_K2[:, 1] < 0.45 * person.frame.torso_px, 0].min() for places_K2 in at_chest)
    assert turned_px < plain_px - 0.02 * unit
