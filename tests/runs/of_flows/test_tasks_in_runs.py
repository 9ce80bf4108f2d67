"""Runs over a file of tasks: by their ids, resumed without asking for pictures again, no signature in what is kept."""

import json
from pathlib import Path

import pytest
from doubles import Painter, Scripted, scores
from samples import encoded
from tasks import DATA, nested, written
from web_site import WebSite

from tryon_core.errors import ModelFailed
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.runs.reopening import source_of

GOOD = scores(RUBRICS["general"])


class Filler(Painter):
    takes = ("mask",)


def ran(source, output, generator=None, **given):
    parameters = BatchParameters.checked(
        source=str(source), output=str(output), flow="dual_stream", rubric="general", run={"workers": 1}, **given
    )
    models = {"generator": generator or Filler(), "judge": Scripted(GOOD), "segmenter": None, "scorer": None}
    return run_batch(parameters, models=models, progress=False)


def test_a_number_of_papermill_selects_its_task(tmp_path):
    path = written(tmp_path, [nested(), nested(number=71651078, id=9, init_image_url="c.png")])
    (record,) = ran(path, tmp_path / "run", task_ids=71651078).records
    assert record.line.known["task_id"] == 5 and record.outcome == "accepted"
    assert "task_ids" not in open_run(tmp_path / "run").info.parameters  # so that older runs stay the same runs


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("TRYON_ALLOW_PRIVATE", "1")
    with WebSite(init=encoded("green"), mask=encoded("white"), c=encoded("blue")) as server:
        yield server


def exported(folder, site, signature):
    names = {"init_image_url": "init", "mask_image_url": "mask", "character_image_url": "c"}
    urls = {name: f"{site.url(page)}?X-Sig={signature}" for name, page in names.items()}
    return written(folder, [{"id": 5, "data": {**DATA, **urls}}])


def test_a_run_goes_on_after_its_signatures_have_expired(tmp_path, site):
    def breaks(request):
        raise ModelFailed("out of memory")

    path, run = exported(tmp_path, site, "secret1"), tmp_path / "run"
    assert ran(path, run, Filler(breaks)).records[0].outcome == "failed" and len(site.asked) == 3
    site.pages.clear()
    assert ran(path, run).records[0].outcome == "accepted" and len(site.asked) == 3
    for kept in Path(run).rglob("*.json*"):
        assert "secret1" not in kept.read_text(), kept


def test_a_run_that_is_opened_again_knows_where_its_pictures_are(tmp_path, site):
    ran(exported(tmp_path, site, "secret1"), tmp_path / "run")
    run = open_run(tmp_path / "run")
    sample = source_of(run).load(run.listing.lines[0])
    assert sample.images["init"].getpixel((0, 0)) == (0, 128, 0) and len(site.asked) == 6


def test_a_new_export_ends_what_could_not_be_read(tmp_path, site):
    pages = dict(site.pages)
    site.pages.clear()
    (record,) = ran(exported(tmp_path, site, "secret1"), tmp_path / "run").records
    assert record.outcome == "failed" and "export the tasks again over the same file" in record.reason
    assert "secret1" not in json.dumps(record.model_dump(mode="json"))
    site.pages.update(pages)
    assert ran(exported(tmp_path, site, "secret2"), tmp_path / "run").records[0].outcome == "accepted"
    assert [asked.endswith("secret2") for asked in site.asked[-3:]] == [True] * 3
