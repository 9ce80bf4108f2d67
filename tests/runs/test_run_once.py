"""Runs that are made once, and what of one's own run_batch takes."""

import dataclasses
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from doubles import Lottery, Painter

from tryon_core.errors import UnknownName
from tryon_core.flows.closed_loop import ClosedLoop, closed_loop
from tryon_core.records import Sample
from tryon_core.roles import Generator, Judge
from tryon_core.rubrics import Rubric
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.run_once import kept_run
from tryon_core.sources import open_source
from tryon_core.steps import Flow


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def kept(manifest, **given):
    models = {"generator": given.pop("generator", None) or Painter(), "judge": Lottery()}
    extra = {name: given.pop(name) for name in ("flow", "source") if name in given}
    return kept_run(BatchParameters.checked(source=str(manifest), **given), progress=False, **models, **extra)


def test_the_same_parameters_find_their_run_again(manifest):
    painter = Painter()
    first, again = kept(manifest), kept(manifest, generator=painter)
    assert first.store.url == again.store.url and not painter.requests
    assert first.store.url.startswith("runs/closed_loop-") and len(list(Path("runs").glob("[!.]*"))) == 1


def test_two_notebooks_that_want_the_same_run_make_it_one_after_the_other(manifest):
    painters = [Painter(lambda request: time.sleep(0.02)) for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        make = lambda painter, workers: kept(manifest, generator=painter, run={"workers": workers})  # noqa: E731
        first, second = both.map(make, painters, (1, 2))
    assert first.records == second.records
    assert sorted(bool(painter.requests) for painter in painters) == [False, True]


def test_other_parameters_samples_or_models_get_a_run_of_their_own(manifest):
    newer = Painter()
    newer.card = newer.card.model_copy(update={"revision": "2"})
    runs = [kept(manifest), kept(manifest, seed=1), kept(manifest, limit=2), kept(manifest, generator=newer)]
    assert len({run.store.url for run in runs}) == 4


def test_how_the_work_is_shared_out_makes_no_other_run(manifest):
    assert kept(manifest).store.url == kept(manifest, run={"workers": 1}).store.url


def test_one_sample_is_chosen_by_its_id_and_a_wrong_id_is_refused(manifest):
    assert [record.sample_id for record in kept(manifest, sample="s2").records] == ["s2"]
    with pytest.raises(UnknownName, match="no sample is called 's7'"):
        kept(manifest, sample="s7")


def test_a_flow_of_one_s_own_runs_over_samples_and_is_recorded_by_its_name(manifest):
    def twice(sample: Sample, *, generator: Generator, judge: Judge, rubric: Rubric, seed: int = 0) -> Flow:
        options = ClosedLoop(max_iterations=2)
        return (
            yield from closed_loop(sample, generator=generator, judge=judge, rubric=rubric, options=options, seed=seed)
        )

    run = kept(manifest, flow=twice)
    assert max(len(record.attempts) for record in run.records) == 2
    assert run.info.flow.name.endswith("twice") and run.store.url.startswith("runs/twice-")


def test_a_source_of_one_s_own_keeps_its_selection_which_is_recorded(manifest):
    source = dataclasses.replace(open_source(manifest, limit=2), where="my shelf")
    run = kept(manifest, source=source)
    assert len(run.records) == 2
    assert (run.info.parameters["source"], run.info.parameters["limit"]) == ("my shelf", 2)


def test_a_source_s_limit_of_none_is_recorded_as_every_sample(manifest):
    parameters = BatchParameters(source=str(manifest), output="here")
    result = run_batch(parameters, generator=Painter(), judge=Lottery(), source=open_source(manifest), progress=False)
    assert len(result.records) == 4
