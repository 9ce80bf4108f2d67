"""What is measured of an edit, and what is put back: demo people at half size with planted motions and tints."""

import json
import subprocess
import sys

import numpy as np
import pytest
from doubles import Lottery, card, run
from edits import DATA, edits, moved, redrawn, tinted
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.images import digest
from tryon_core.pictures import edit_photo
from tryon_core.pictures.edit_checks import MISSING, finished, same_shape
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.records import EditRequest, Measurement
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.preparing import prepare

SIZE = (384, 512)
EDIT = edits(every=20, size=SIZE)[1]


def drawn(right=0.0, down=0.0, scale=1.0, by=0.0):
    """The true picture with a motion and a tint, drawn anew."""
    coloured = tinted(EDIT.truth_HW3, ~EDIT.edited_HW, by) if by else EDIT.truth_HW3
    return Image.fromarray(redrawn(moved(coloured, right, down, scale)))


def measured(picture, request=EDIT.request):
    """(value by name, reason by name)"""
    same, checks = finished(request, picture)
    assert same is picture
    told = {name: check.value for name, check in checks.items() if isinstance(check, Measurement)}
    return told, {name: check for name, check in checks.items() if isinstance(check, str)}


def with_mask(mask_HW):
    return EditRequest(prompt="", images=EDIT.request.images, mask=Image.fromarray(mask_HW.astype(np.uint8) * 255))


def box(left, top, right, bottom):
    mask_HW = np.zeros(SIZE[::-1], bool)
    mask_HW[top:bottom, left:right] = True
    return mask_HW


def misses(check):
    return check.value > check.bar if check.better == "lower" else check.value < check.bar


# ---- measured --------------------------------------------------------------------------------------------------------


def test_a_photograph_is_looked_at_once_for_many_edits():
    edit_photo._kept.clear()
    first = finished(EDIT.request, drawn(right=3.0))[1]
    (seen,) = edit_photo._kept.values()
    again = EditRequest(prompt="Other words.", images=(EDIT.request.images[0].copy(),))  # the same pixels
    assert finished(again, drawn(right=3.0))[1] == first and list(edit_photo._kept.values()) == [seen]
    assert next(iter(edit_photo._kept.values())).points is seen.points
    finished(EDIT.request, drawn().resize((192, 256)))
    assert len(edit_photo._kept) == 2  # at another size it shows other points


def test_few_photographs_are_kept():
    for number in range(edit_photo.KEPT + 3):
        photo = Image.effect_noise((64, 80), 9 + number).convert("RGB")
        finished(EditRequest(prompt="", images=(photo,)), photo)
    assert len(edit_photo._kept) == edit_photo.KEPT


def test_an_edit_alone_neither_moves_the_frame_nor_tints_it():
    _, checks = finished(EDIT.request, drawn())
    assert not [name for name, check in checks.items() if misses(check)]
    assert EDIT.edited_HW.mean() < checks["edited_share"].value < 2 * EDIT.edited_HW.mean()


@pytest.mark.parametrize(("right", "down"), [(1.5, 0), (0, -4), (-12, 5), (70, 10)])
def test_a_shift_is_found_to_a_quarter_of_a_pixel(right, down):
    told, _ = measured(drawn(right, down))
    assert (told["frame_shift_x"], told["frame_shift_y"]) == pytest.approx((right, down), abs=0.25)
    assert told["frame_shift"] == pytest.approx(np.hypot(right, down), abs=0.25)


@pytest.mark.parametrize("scale", [0.97, 0.99, 1.03])
def test_a_scale_is_found_to_a_thousandth_and_misses_its_bar(scale):
    _, checks = finished(EDIT.request, drawn(scale=scale))
    assert checks["frame_scale"].value == pytest.approx(scale, abs=0.001) and misses(checks["frame_scale"])
    assert not misses(checks["frame_turn"])


@pytest.mark.parametrize("by", [2.0, 8.0])
def test_a_tint_of_everything_is_drift_and_no_edit(by):
    plain, told = measured(drawn())[0], measured(drawn(by=by))[0]
    assert told["colour_drift"] == pytest.approx(by, abs=0.3) and told["colour_drift_b"] > 1
    assert told["edited_share"] == pytest.approx(plain["edited_share"], abs=0.05)


def test_motion_and_tint_are_told_apart():
    told, _ = measured(drawn(5, -3, 1.02, by=4))
    assert (told["frame_shift_x"], told["frame_shift_y"]) == pytest.approx((5, -3), abs=0.25)
    assert told["frame_scale"] == pytest.approx(1.02, abs=0.001) and told["colour_drift"] == pytest.approx(4, abs=0.3)


def test_a_larger_photograph_is_compared_at_the_drawn_size():
    large = edits(every=20)[1]
    told, _ = measured(drawn(4, 0), large.request)
    assert large.request.images[0].size == (768, 1024) and told["frame_shift_x"] == pytest.approx(4, abs=0.25)


def test_with_a_mask_the_drift_is_that_of_its_outside():
    picture, mask_HW = drawn(by=4), box(0, 150, 384, 512)
    told, _ = measured(picture, with_mask(mask_HW))
    outside = colour_difference(to_lab(EDIT.person_HW3), to_lab(np.asarray(picture)))[~mask_HW]
    assert told["edited_share"] == pytest.approx(362 / 512, abs=0.01)
    assert told["colour_drift"] == pytest.approx(np.median(outside), abs=0.3)


def test_the_same_pictures_give_the_same_checks():
    assert measured(drawn(3, 1, 1.01, by=3)) == measured(drawn(3, 1, 1.01, by=3))


# ---- not measured ----------------------------------------------------------------------------------------------------


def noise(seed):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (*SIZE[::-1], 3), np.uint8))


@pytest.mark.parametrize("picture", [Image.new("RGB", SIZE, "grey"), noise(1)], ids=["flat", "noise"])
def test_what_shows_nothing_of_the_photograph_gives_reasons_and_no_number(picture):
    told, why = measured(picture)
    assert not told and "points found again" in why["frame_shift"] and why["colour_drift"] == why["frame_shift"]


def test_another_person_in_the_same_place_is_not_taken_for_a_motion():
    other = edits(every=20, size=SIZE)[-1]
    assert other.sample_id[:2] != EDIT.sample_id[:2]
    told, why = measured(Image.fromarray(other.truth_HW3))
    assert not told and "agree" in why["frame_shift"]


def test_another_shape_of_frame_is_said_with_both_sizes():
    told, why = measured(drawn().resize((512, 512)))
    assert not told and "512 x 512 px drawn from 384 x 512" in why["frame_shift"]


@pytest.mark.parametrize(("photo", "taken"), [((3000, 4000), (886, 1182)), ((768, 1024), (768, 1024))])
def test_sizes_rounded_to_pixels_are_one_shape(photo, taken):
    assert same_shape(photo, taken) and not same_shape(photo, (1024, 1024))


def test_where_too_little_lies_outside_the_mask_the_drift_has_a_reason_and_the_share_a_number():
    told, why = measured(drawn(), with_mask(box(0, 0, 384, 480)))
    assert told["edited_share"] > 0.9 and "lie outside the edit" in why["colour_drift"]


def test_without_opencv_the_checks_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tryon_core.pictures.edit_colour", None)
    told, why = measured(drawn())
    assert not told and set(why.values()) == {MISSING}


def test_without_opencv_many_threads_are_told_the_same():
    """A module whose import fails is handed, half made, to the threads that waited for it."""
    script = (
        "import sys; sys.modules['cv2'] = None\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from PIL import Image\n"
        "from tryon_core.pictures.edit_checks import MISSING, finished\n"
        "from tryon_core.records import EditRequest\n"
        "picture = Image.new('RGB', (64, 64))\n"
        "request = EditRequest(prompt='', images=(picture,))\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    checks = [pool.submit(finished, request, picture) for _ in range(800)]\n"
        "print({check.result()[1]['frame_shift'] for check in checks} == {MISSING})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr


# ---- put back --------------------------------------------------------------------------------------------------------


def put_back(picture, request=EDIT.request):
    """(the finished picture, its checks)"""
    return finished(request, picture, composite_back=True)


def test_outside_a_given_mask_the_photograph_stands_byte_for_byte():
    mask_HW = box(60, 150, 320, 450)
    image, checks = put_back(drawn(3, 2, by=4), with_mask(mask_HW))
    same_HW = (np.asarray(image) == EDIT.person_HW3).all(-1)
    assert same_HW[~mask_HW].all() and not same_HW[mask_HW].all()
    assert checks["put_back"].value == pytest.approx((~mask_HW).mean(), abs=0.001)


def test_a_moved_and_tinted_picture_comes_back_nearer_to_the_true_one():
    picture = drawn(6, -4, 1.03, by=6)
    image, _ = put_back(picture)
    off = [np.abs(np.asarray(one, float) - EDIT.truth_HW3).mean(-1) for one in (picture, image)]
    for where_HW in (EDIT.edited_HW, ~EDIT.edited_HW):
        assert np.median(off[1][where_HW]) < 0.6 * np.median(off[0][where_HW])


def test_where_the_drawn_picture_does_not_reach_the_photograph_stays():
    image, _ = put_back(drawn(right=70), with_mask(box(0, 0, 384, 380)))
    beyond_HW = box(384 - 68, 0, 384, 380)
    assert (np.asarray(image)[beyond_HW] == EDIT.person_HW3[beyond_HW]).all()


def test_a_picture_that_lies_in_its_place_is_not_resampled_inside_the_edit():
    picture, mask_HW = Image.fromarray(EDIT.truth_HW3), box(40, 100, 340, 500)
    image, _ = put_back(picture, with_mask(mask_HW))
    deep_HW = box(60, 120, 320, 480)
    assert (np.asarray(image)[deep_HW] == EDIT.truth_HW3[deep_HW]).all()


def test_what_cannot_be_measured_stays_as_drawn_and_says_why():
    picture = noise(1)
    image, checks = put_back(picture)
    assert image is picture and checks["put_back"] == checks["frame_shift"]


# ---- in a run --------------------------------------------------------------------------------------------------------


class Shifting:
    """A generator that draws the true picture, but 4 px to the right."""

    def __init__(self):
        self.card = card("shifting")
        self.truths = {digest(Image.fromarray(edit.person_HW3)): edit.truth_HW3 for edit in edits(every=10)}

    def __call__(self, request):
        return Image.fromarray(moved(self.truths[digest(request.images[0])], 4))


def drawn_in_a_run(folder, composite_back):
    """The attempts of a run over the first demo person."""
    line = json.loads((DATA / "people.jsonl").read_text().splitlines()[0])
    line |= {role: str(DATA / line[role]) for role in ("person", "garment", "truth")}
    (folder / "one.jsonl").write_text(json.dumps(line))
    output = folder / f"run {composite_back}"
    options = {"composite_back": composite_back, "max_iterations": 1}
    return run(folder / "one.jsonl", output, Shifting(), **options).records[0].attempts


def test_a_run_keeps_checks_and_both_pictures(tmp_path):
    (attempt,) = drawn_in_a_run(tmp_path, True)
    assert attempt.scores["frame_shift_x"].value == pytest.approx(4, abs=0.3)
    pictures = tmp_path / "run True" / "pictures"
    assert attempt.made["drawn"] != attempt.picture
    assert (pictures / f"{attempt.picture}.png").exists() and (pictures / f"{attempt.made['drawn']}.png").exists()


def test_a_picture_kept_as_drawn_is_kept_once(tmp_path):
    for composite_back in (True, False):
        (attempt,) = drawn_in_a_run(tmp_path, composite_back)
        assert set(attempt.made) == ({"drawn"} if composite_back else set())


def test_a_flow_that_never_finishes_says_so(manifest, tmp_path):
    asked = BatchParameters(source=str(manifest), output=str(tmp_path / "run"), composite_back=True, flow="judge_only")
    with pytest.raises(BadInput, match="judge_only has no setting composite_back .it has: none.; leave it out"):
        prepare(asked, judge=Lottery())
    assert not (tmp_path / "run").exists()
