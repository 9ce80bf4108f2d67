"""Jobs without samples: claimed, resumed without repeating a call, counted by item."""

from collections import Counter

import pytest
from doubles import card
from four_flows import Priced
from mortal import Killed, Mortal, contents

from tryon_core.errors import BadInput, Refused, RunConflict
from tryon_core.roles import Writer
from tryon_core.runs.items import run_items
from tryon_core.runs.parameters import RunOptions
from tryon_core.steps import Spent
from tryon_core.storage.store import FolderStore, open_store

ITEMS = [f"page-{n}" for n in range(5)]


class Words(Priced):
    """Counts what it is asked; declines page-3."""

    def __init__(self):
        self.card, self.asked = card("words"), Counter()

    def __call__(self, question, images):
        self.asked[question] += 1
        if question.endswith("page-3"):
            raise Refused("no_page", "there is nothing on it")
        return question.upper()


def read(item, tools):
    """Two calls an item, the second one about the answer to the first."""
    first = tools.writer(f"read {item}", [])
    return {"words": tools.writer(f"shorten {first}", []), "length": len(first)}


def job(output, words=None, items=ITEMS, work=read, **given):
    options = RunOptions(workers=2)
    models = {Writer: words or Words()}
    return run_items(
        "crawl", items, work, output=output, parameters=given, models=models, options=options, progress=False
    )


def test_each_item_has_one_record(tmp_path):
    records = job(str(tmp_path))
    assert [record.item for record in records] == ITEMS
    assert [record.outcome for record in records] == ["finished"] * 3 + ["refused", "finished"]
    assert records[0].result == {"words": "SHORTEN READ PAGE-0", "length": 11}
    assert records[0].spent == {"writer": Spent(calls=2, seconds=0.5)}
    assert records[3].reason == "no_page: there is nothing on it"


@pytest.mark.parametrize("lives", range(2, 15, 3))
def test_killed_anywhere_nothing_kept_repeats(tmp_path, lives):
    job(str(tmp_path / "whole"))
    with pytest.raises(Killed):
        job(Mortal(tmp_path / "run", lives))
    kept = len(list(FolderStore(tmp_path / "run").keys("calls/")))
    words = Words()
    job(str(tmp_path / "run"), words)
    assert contents(FolderStore(tmp_path / "run")) == contents(FolderStore(tmp_path / "whole"))
    assert sum(words.asked.values()) == len(list(FolderStore(tmp_path / "run").keys("calls/"))) - kept


def test_a_finished_item_is_left_alone(tmp_path):
    job(str(tmp_path), items=ITEMS[:2])
    words = Words()
    assert len(job(str(tmp_path), words)) == 5 and not [asked for asked in words.asked if "page-0" in asked]


def test_a_failed_item_is_tried_again(tmp_path):
    class Broken(Words):
        def __call__(self, question, images):
            raise MemoryError("no room")

    assert {record.outcome for record in job(str(tmp_path), Broken())} == {"failed"}
    assert [record.outcome for record in job(str(tmp_path))].count("finished") == 4


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"item": "page-3", "outcome": "finished"}', b'{"item": "page-0"}']
)
def test_a_damaged_item_is_done_again_from_its_calls(tmp_path, damage):
    before = job(str(tmp_path))
    (tmp_path / "items/page-0.json").write_bytes(damage)
    assert job(str(tmp_path), words := Words()) == before and not words.asked
    assert job(str(tmp_path)) == before


def test_another_job_s_place_is_refused(tmp_path):
    job(str(tmp_path), depth=1)
    with pytest.raises(RunConflict, match="parameters.depth: 1 -> 2"):
        job(str(tmp_path), depth=2)


@pytest.mark.parametrize("items", [["../x"], ["a b"], [""], ["a", "a"]])
def test_ids_that_cannot_be_used_are_refused(tmp_path, items):
    with pytest.raises(BadInput, match="item"):
        job(str(tmp_path / "x"), items=items)
    assert not (tmp_path / "x").exists()


def test_no_items_are_no_work(tmp_path):
    assert job(str(tmp_path), items=[]) == []


def test_a_bucket_holds_a_job_too(bucket, tmp_path):
    job(f"s3://{bucket}/crawl")
    job(str(tmp_path))
    assert contents(open_store(f"s3://{bucket}/crawl")) == contents(FolderStore(tmp_path))


def test_a_model_that_a_job_lacks_is_named(tmp_path):
    with pytest.raises(AttributeError, match="this job has no model 'judge', only writer"):
        job(str(tmp_path), work=lambda item, tools: tools.judge(item))
