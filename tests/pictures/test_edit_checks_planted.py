"""The long proof of the checks after an edit, run by `make prove`: known motions and tints of the demo people."""

import time
from collections import defaultdict

import cv2
import numpy as np
import pytest
from edits import dark, edits, moved, redrawn, tinted, warm, yellow
from PIL import Image

from tryon_core.pictures.edit_checks import finished
from tryon_core.pictures.edit_colour import NOTICEABLE
from tryon_core.pictures.edit_frame import SCALE_BAR, SHIFT_BAR, TURN_BAR_DEG
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.records import Measurement

pytestmark = pytest.mark.prove

CASES = {  # name: (shift in px of 1024, scale, tint, CIEDE2000)
    "as it was": (0.0, 1.0, warm, 0.0),
    **{f"moved {shift:g} px": (shift, 1.0, warm, 0.0) for shift in (1.5, 4.0, 12.0, 150.0)},
    **{f"{scale:g} as large": (0.0, scale, warm, 0.0) for scale in (0.97, 0.985, 1.015, 1.03)},
    **{f"{tint.__name__} by {by:g}": (0.0, 1.0, tint, by) for tint in (warm, dark, yellow) for by in (2.0, 4.0, 8.0)},
    "4 px, 1.03, warm by 4": (4.0, 1.03, warm, 4.0),
    "12 px, 0.97, dark by 8": (12.0, 0.97, dark, 8.0),
}


def planted(edit, case, number):
    """(the picture as drawn, its shift to the right and down)"""
    shift, scale, tint, by = case
    angle = 2.4 * number  # all ways round
    right, down = shift * np.cos(angle), shift * np.sin(angle)
    coloured = tinted(edit.truth_HW3, ~edit.edited_HW, by, tint) if by else edit.truth_HW3
    return redrawn(moved(coloured, right, down, scale), number), (right, down)


def test_planted_motions_and_tints_are_recovered(capsys):
    cv2.setNumThreads(1)
    worst, count = defaultdict(lambda: np.zeros(5)), defaultdict(int)
    for number, edit in enumerate(edits(every=6)):
        for name, case in CASES.items():
            drawn, (right, down) = planted(edit, case, number)
            _, checks = finished(edit.request, Image.fromarray(drawn))
            count[edit.split, name] += 1
            if not all(isinstance(check, Measurement) for check in checks.values()):
                worst[edit.split, name][4] += 1
                continue
            got = {key: check.value for key, check in checks.items()}
            off_px = np.hypot(got["frame_shift_x"] - right, got["frame_shift_y"] - down)
            errors = [
                off_px,
                abs(got["frame_scale"] - case[1]),
                abs(got["frame_turn"]),
                abs(got["colour_drift"] - case[3]),
                0,
            ]
            worst[edit.split, name] = np.maximum(worst[edit.split, name], errors)
    with capsys.disabled():
        print(f"\n{'worst error of':33s}  shift, px    scale  turn, deg  CIEDE2000  not told")
        for (split, name), row in sorted(worst.items(), key=lambda item: item[0][0]):
            told = f"{row[0]:10.2f} {row[1]:8.4f} {row[2]:10.3f} {row[3]:10.2f} {row[4]:6.0f}"
            print(f"{split:9s} {name:23s} {told} of {count[split, name]}")
    largest = np.max(list(worst.values()), axis=0)
    assert (largest[:3] < (SHIFT_BAR * 1024, SCALE_BAR, TURN_BAR_DEG)).all()
    assert largest[3] < NOTICEABLE and not largest[4]


def test_what_is_put_back_is_nearer_to_the_true_picture(capsys):
    rows, spent = defaultdict(list), []
    for number, edit in enumerate(edits(every=9)):
        for name in ("4 px, 1.03, warm by 4", "12 px, 0.97, dark by 8"):
            drawn, _ = planted(edit, CASES[name], number)
            begun = time.perf_counter()
            image, _ = finished(edit.request, Image.fromarray(drawn), composite_back=True)
            spent.append(time.perf_counter() - begun)
            truth, inside = to_lab(edit.truth_HW3), edit.edited_HW
            off = [colour_difference(to_lab(image), truth) for image in (drawn, np.asarray(image))]
            rows[edit.split, name].append([np.median(each[where]) for where in (inside, ~inside) for each in off])
    with capsys.disabled():
        print(f"\n{'median CIEDE2000 to the true picture':34s} edit: drawn  finished   rest: drawn  finished")
        for (split, name), table in sorted(rows.items(), key=lambda item: item[0][0]):
            inside, inside_after, rest, rest_after = np.mean(table, axis=0)
            print(f"{split:9s} {name:24s} {inside:12.2f} {inside_after:9.2f} {rest:13.2f} {rest_after:9.2f}")
        print(f"seconds to measure and put back one 768 x 1024 picture: {np.median(spent):.2f} (median)")
    assert all(np.mean(table, axis=0)[1] < np.mean(table, axis=0)[0] for table in rows.values())
