"""The whole evaluation over the demo people, with the networks' own classes at toy size."""

from pathlib import Path

from tryon_core.evaluation import read_evaluation
from tryon_core.evaluation.__main__ import main
from tryon_core.sources import open_source

DEMO = Path(__file__).parents[2] / "data_manifests/demo.jsonl"
TOYS = ["--lpips", "toy:lpips", "--features", "toy:inception-fid", "--limit", "3", "--size", "96x128"]


def drawn(folder, role):
    """A folder of pictures, each sample's picture of a role."""
    source = open_source(DEMO, limit=3)
    folder.mkdir()
    for line in source.listing().lines:
        source.load(line).images[role].save(folder / f"{line.sample_id}.png")
    return str(folder)


def test_toys_measure_and_say_so(tmp_path, capsys):
    for role in ("truth", "person"):
        made = drawn(tmp_path / role, role)
        assert main([made, str(DEMO), *TOYS, "--output", str(tmp_path / f"{role}.json")]) == 0
    best, worse = (read_evaluation(tmp_path / f"{role}.json") for role in ("truth", "person"))
    values = {row.metric: row.value for row in best.rows}
    assert values["ssim"] == 1 and abs(values["lpips"]) < 1e-6 and abs(values["fid"]) < 1e-3
    assert {row.metric for row in worse.rows if row.better == "lower" and row.value > values[row.metric]} == {
        "lpips",
        "fid",
        "kid",
    }
    assert capsys.readouterr().out.startswith("Not a result: lpips toy:lpips is a toy (random weights)")
    assert set(best.card.nets) == {"lpips", "fid", "kid"} and not best.card.differences(worse.card)
