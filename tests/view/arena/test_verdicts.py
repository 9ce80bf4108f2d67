"""The arena's tables as they are read aloud."""

import numpy as np
import pytest
from planted_search import a_search, against, ones

from tryon_core.view.arena.hacking import hacking
from tryon_core.view.arena.verdicts import partings, power_in_words, verdicts
from tryon_core.view.arena.winning import power_table, wins


def said(found, **given):
    return verdicts(wins(found, **given), found)


def test_a_win_is_told_with_its_persons(tmp_path):
    (text,) = said(against(tmp_path, ones(np.linspace(0.5, 0.9, 8)), ones([0.5] * 8)))
    assert text.startswith(
        "eacps against ttflux on truth_ssim: better in 7, worse in 0, equal in 1, at 1 and 1 picture per sample"
    )
    assert "Over 8 persons p = 0.016: eacps is better; advantage of eacps +0.2 SSIM, 95 % interval +0.0" in text


def test_what_lost_names_the_winner(tmp_path):
    (text,) = said(against(tmp_path, ones([0.5] * 8), ones(np.linspace(0.6, 0.9, 8))))
    assert "ttflux is better; advantage of eacps -0.25 SSIM" in text


def test_few_persons_tell_no_difference_and_no_interval(tmp_path):
    (text,) = said(against(tmp_path, ones([0.9, 0.8, None]), ones([0.1, 0.1, 0.1])))
    assert "better in 2, worse in 0, equal in 0; 1 left out (1 no face)" in text
    assert "Over 2 persons p = 0.5: no difference can be told" in text and text.endswith("SSIM, no interval.")


def test_nothing_to_compare_is_said(tmp_path):
    (text,) = said(against(tmp_path, ones([None]), ones([None])))
    assert text == "eacps against ttflux on truth_ssim: nothing to compare; 1 left out (1 no face)."


def test_slices_count_their_tests(tmp_path):
    found = against(tmp_path, ones([0.9, 0.1] * 4), ones([0.5] * 8), mismatch=["dress for a tee", "alike"] * 4)
    first, second = said(found, by=["mismatch"])
    assert "on truth_ssim where mismatch is alike: better in 0" in first
    assert "p = 0.12 (0.25 with all 2 tests of this table)" in second


def test_a_circular_row_says_so(tmp_path):
    found = against(tmp_path, ones([0.9]), ones([0.1]))
    table = wins(found).assign(circular=True)
    assert verdicts(table, found)[0].endswith("no interval. Circular: a strategy selected on this.")


@pytest.mark.parametrize(("persons", "words"), [(12, "12 persons show 87%"), (3, "3 persons show no win rate at all")])
def test_the_power_is_read_first(tmp_path, persons, words):
    run, _ = a_search(tmp_path, ones([0.1] * 54), persons=persons)
    text = power_in_words(power_table(run))
    assert "54 samples show 70%" in text and words in text


def test_a_parting_names_its_budget(tmp_path):
    falling = [[(1, 0.8 + 0.01 * place), (2, 0.1)] for place in range(8)]
    first, _ = partings(hacking(found := against(tmp_path, falling, falling)), found)
    assert first == (
        "eacps on truth_ssim: selection parts from it at 1 picture (0.835 there, 0.1 at 2 pictures; over 8 persons, "
        "p = 0.0039)."
    )


def test_no_parting_is_said_as_that(tmp_path):
    rising = [[(1, 0.1), (2, 0.8)]] * 8
    first, _ = partings(hacking(found := against(tmp_path, rising, rising)), found)
    assert first.startswith("eacps on truth_ssim: no parting can be told (over 8 persons, p = 1); best at 2 pictures")
    lost, _ = partings(hacking(found := against(tmp_path / "none", ones([None]), ones([None]))), found)
    assert lost == "eacps on truth_ssim: nothing to follow over 0 samples."
