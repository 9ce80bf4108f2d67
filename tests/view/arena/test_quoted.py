"""Tables that were written down are read again."""

import json

import pandas as pd
import pytest

from tryon_core.errors import BadInput
from tryon_core.view.arena.quoted import quoted
from tryon_core.view.arena.verdicts import partings, power_in_words


def written(folder, **changes):
    power = [{"of": "samples", "listed": 6, "differing": 6, "win_rate": 0.97}]
    hacking = {"strategy": "eacps", "metric": "truth", "parts_at": 2.0, "best_at": 2.0, "last": 4.0, "p": 0.01}
    hacking |= {"at_best": 0.5, "at_last": 0.4, "n": 6, "persons": 6}
    tables = {"power": power, "hacking": [hacking, hacking | {"parts_at": None}]}
    document = {"command": "python bench.py", "samples": 6, "pictures": 4, "tables": tables} | changes
    (folder / "arena.json").write_text(json.dumps({"search": document}))
    return folder / "arena.json"


def test_tables_are_said_in_the_same_sentences(tmp_path):
    large = quoted(written(tmp_path))["search"]
    assert (large.command, large.samples, large.pictures) == ("python bench.py", 6, 4)
    assert "6 samples show 97%" in power_in_words(large.tables["power"])
    parted, whole = partings(large.tables["hacking"], large)
    assert "parts from it at 2 pictures (0.5 there, 0.4 at 4 pictures" in parted and "no parting" in whole
    assert isinstance(large.tables["power"], pd.DataFrame)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"search": []}', '{"search": {"tables": []}}', '{"search": {"tables": {}}}']
)
def test_what_is_no_such_file_is_named_with_the_command(tmp_path, text):
    (tmp_path / "arena.json").write_text(text)
    for path in (tmp_path / "arena.json", tmp_path / "gone.json"):
        with pytest.raises(BadInput, match=rf"{path.name} .*make it by python tests/benchmarks/search_bench.py"):
            quoted(path)
