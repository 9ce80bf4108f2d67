"""The bench of search on two samples: the tables are there, nothing that selected reports."""

import json

import pytest
from search_bench import REPORTED, main, strategies


@pytest.mark.prove  # notebook 06 compares the same four by the same tables in `make test`
def test_strategies_are_compared_by_what_did_not_select(tmp_path):
    file = tmp_path / "arena.json"
    main(["--limit", "2", "--pictures", "4", "--runs", str(tmp_path / "runs"), "--write", str(file)])
    written = json.loads(file.read_text())["search"]
    wins = written["tables"]["wins"]
    assert {row["metric"] for row in wins} <= set(REPORTED) and not any(row["circular"] for row in wins)
    assert len({(row["a"], row["b"]) for row in wins}) == 6 and written["samples"] == 2


def test_every_strategy_has_the_same_budget():
    assert {settings["budget"]["pictures"] for settings in strategies(8).values()} == {8}
