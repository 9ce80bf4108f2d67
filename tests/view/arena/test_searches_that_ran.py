"""Runs that the driver made, of scripted models: searches of three strategies and a closed loop in one arena."""

import hashlib
import json

import pandas as pd
import pytest
from doubles import Lottery, Painter, card
from landscape import alone
from PIL import Image
from planted_search import TRUTH

from tryon_core.errors import BadInput
from tryon_core.records import Measurement
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.scales import Metric
from tryon_core.view.arena.contest import arena
from tryon_core.view.arena.hacking import hacking
from tryon_core.view.arena.over_budget import best_so_far, pareto
from tryon_core.view.arena.winning import power_table, wins

GREENNESS = Metric(
    name="greenness", unit="share", better="higher", model="none", licence="none", protocol="of the first pixel"
)
ALONE = {"weights": alone("greenness"), "judged": "none"}
SEARCHES = {
    "eacps": ALONE,
    "best_of_n": {"metric": "greenness", "judged": "none"},
    "zero_order": {**ALONE, "rounds": 2, "neighbours": 3},
}


class Green:
    """A scorer: how green the first pixel is."""

    card, metrics = card("green"), (GREENNESS,)

    def __call__(self, sample, image):
        value = image.convert("RGB").getpixel((0, 0))[1] / 255
        return {"greenness": Measurement(value=value, unit="share", better="higher")}


def shelf(folder):
    """Six samples of six persons."""
    Image.new("RGB", (64, 80), "navy").save(folder / "garment.png")
    for number in range(6):
        Image.new("RGB", (64, 80), (number, 40, 40)).save(folder / f"person{number}.png")
    line = {"garment": "garment.png", "wish": "Wear it."}
    lines = [{"sample_id": f"s{number}", "person": f"person{number}.png", **line} for number in range(6)]
    (folder / "shelf.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return str(folder / "shelf.jsonl")


def ran(folder, source, name, flow="search", models=None, **options):
    parameters = BatchParameters.checked(source=source, output=str(folder / name), flow=flow, options=options)
    models = {"generator": Painter(), **(models or {"scorer": Green()})}
    return open_run(run_batch(parameters, models=models, progress=False).url)


def truth_of(run):
    """Numbers that follow from the pictures alone, and have nothing to do with green."""
    return pd.DataFrame(
        TRUTH
        | {"run": run.store.url, "sample_id": record.sample_id, "person": record.person, "step": step.number}
        | {"value": hashlib.sha256(f"truth {step.picture}".encode()).digest()[0] / 255}
        for record in run.records
        for step in record.steps
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arena")
    source = shelf(folder)
    searches = [ran(folder, source, name, strategy=name, **options) for name, options in SEARCHES.items()]
    return [*searches, ran(folder, source, "loop", "closed_loop", {"judge": Lottery()}, max_iterations=3)]


@pytest.fixture(scope="module")
def found(runs):
    return arena(*runs, scores=pd.concat([truth_of(run) for run in runs], ignore_index=True))


def test_every_strategy_is_there_with_what_it_drew(found):
    assert found.strategies == ("eacps", "best_of_n", "zero_order", "closed_loop") and found.persons == 6
    assert all(each.total == len(each.candidates) for each in found.entries)
    totals = {name: {each.total for each in found.entries if each.strategy == name} for name in found.strategies}
    assert totals["eacps"] == totals["best_of_n"] == {8} and totals["zero_order"] == {7, 8}  # 8: a round was rejected


def test_what_is_kept_before_the_end_is_the_best_so_far(found, runs):
    """The run's own choice is the best of all; cut off after five, it is the greenest of five."""
    record = runs[0].records[0]
    green = [step.scores["greenness"].value for step in record.steps]
    entry = found.by_sample[record.sample_id]["eacps"]
    assert entry.pick().step == record.chosen == 1 + green.index(max(green))
    assert entry.pick(5).step == 1 + green[:5].index(max(green[:5]))


def test_strategies_that_share_candidates_tie_while_they_do(found):
    """Both begin with the same four noises."""
    row = wins(found, budget=4).set_index(["a", "b"]).loc[("eacps", "best_of_n")]
    assert (row.ties, row.wins, row.losses, row.difference) == (6, 0, 0, 0) and pd.isna(row.sign_p)
    later = wins(found, budget=8).set_index(["a", "b"]).loc[("eacps", "best_of_n")]
    assert later.ties < 6


def test_all_tables_come_of_them(found, runs):
    table = best_so_far(found)
    assert len(table) == 4 * 8 and (table.n == 6).all() and table.selection.notna().all()
    assert len(wins(found)) == 6 and len(pareto(found)) == len(hacking(found)) == 4
    assert power_table(*runs).listed.tolist() == [6] * 6


def test_the_selecting_number_is_refused(found, runs):
    """Of a search by its name, of a closed loop by its judge."""
    green = [truth_of(run).assign(metric="greenness", scorer="green") for run in runs]
    with pytest.raises(BadInput, match="greenness selected in eacps, best_of_n and zero_order"):
        wins(arena(*runs, scores=pd.concat(green, ignore_index=True)))
    judged = [truth_of(run).assign(metric="realism") for run in runs]
    with pytest.raises(BadInput, match="realism selected in closed_loop, so it cannot report"):
        wins(arena(*runs, scores=pd.concat(judged, ignore_index=True)))
