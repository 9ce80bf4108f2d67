"""`python -m tryon_core.evaluation`: what it prints, writes, compares and refuses."""

import pytest
from evaluated_sets import a_set, noisy, results

from tryon_core.evaluation import read_evaluation
from tryon_core.evaluation.__main__ import main


@pytest.fixture
def places(tmp_path):
    a_set(tmp_path / "set")
    made = results(tmp_path / "made", s0=noisy(30), s1=noisy(31), s2=noisy(5))
    return [made, str(tmp_path / "set/samples.jsonl"), "--size", "96x128", "--lpips", "", "--features", ""]


def test_numbers_come_with_their_card(places, tmp_path, capsys):
    assert main([*places, "--output", str(tmp_path / "a.json"), "--resize", "lanczos"]) == 0
    printed = capsys.readouterr().out
    kept = read_evaluation(tmp_path / "a.json")
    assert f"ssim                {kept.rows[0].value:.4f} over 3 pictures" in printed
    assert "lpips               unscored: left out, as asked" in printed
    assert f"protocol {kept.card.digest[:12]}: pictures of no named data set, paired, compared at 96 x 128" in printed
    assert "resize: Pillow, lanczos" in printed


def test_an_earlier_evaluation_is_compared(places, tmp_path, capsys):
    first, other = str(tmp_path / "a.json"), results(tmp_path / "other", s0=noisy(1), s1=noisy(2), s2=noisy(3))
    assert main([*places, "--output", first]) == 0
    assert main([other, *places[1:], "--against", first]) == 0
    table = capsys.readouterr().out.splitlines()[-2:]
    assert table[0].split() == ["metric"] or "better" in table[0]
    assert "higher" in table[1]
    assert main([other, *places[1:], "--frame", "stretch", "--against", first]) == 1
    assert "not measured alike (protocol.frame: stretch -> refuse)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (["--size", "96"], "BadInput: the protocol: height_px"),
        (["--scorer", "nobody"], "UnknownName: no scorer is called 'nobody'"),
        (["--lpips", "details"], "BadInput: details is a scorer that tells no pair of pictures apart"),
        (["--output", "/nowhere/at/all.json"], "StorageError: /nowhere/at/all.json: cannot be written"),
        (["--against", "/nowhere.json"], "BadInput: /nowhere.json: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(places, capsys, more, problem):
    assert main([*places, *more]) == 1
    assert capsys.readouterr().err.startswith(problem)


def test_missing_weights_leave_a_reason(places, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("WEIGHTS_DIR", str(tmp_path))
    assert main(places[:4]) == 0
    printed = capsys.readouterr().out
    assert (
        "lpips               unscored: lpips: " in printed and "fid                 unscored: inception-fid" in printed
    )


@pytest.mark.parametrize("net", ["lpips", "features"])
def test_a_folder_without_weights_is_an_error(places, capsys, tmp_path, net):
    assert main([*places[:4], f"--{net}-weights", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("MissingWeights: ")
