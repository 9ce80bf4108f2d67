"""The run that the views are measured on, and the table of the measurement."""

import pytest
import view_bench as bench
from large_run import SIZE, write_large_run

from tryon_core.errors import BadInput
from tryon_core.runs.reading import open_run
from tryon_core.view.tables import frames


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return write_large_run(tmp_path_factory.mktemp("small") / "run", samples=12, pictures=3)


def test_a_large_run_reads_like_any_other_and_says_that_it_is_no_result(small):
    run = open_run(small)
    found = frames.totals(run)
    assert found.listed == found.judged == 12 and len(frames.attempts(run)) > 12
    assert run.caution.startswith("Not a result: generator lots is scripted")


def test_the_same_arguments_give_the_same_run(small, tmp_path):
    again = open_run(write_large_run(tmp_path / "again", samples=12, pictures=3))
    assert again.records == open_run(small).records


def test_its_pictures_weigh_what_a_photograph_weighs(small):
    run = open_run(small)
    (path, *_) = sorted(run.store.keys("pictures/"))
    assert run.picture(path.split("/")[1].removesuffix(".png")).size == SIZE
    assert 0.5e6 < len(run.store.read(path)) < 2e6


@pytest.fixture(scope="module")
def lines(small):
    """The table of one round, where every first paint is too slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "ROUNDS", 1)
        patch.setattr(bench, "LIMIT_S", 0)
        return bench.table(small).splitlines()


def test_the_table_has_a_line_with_seconds_for_every_part(small, lines):
    head, *rest = lines
    assert "seconds" in head and [line[:46].strip() for line in rest] == [part.name for part in bench.parts(small)]
    assert all(float(line[46:54]) >= 0 for line in rest)


def test_a_slow_first_paint_is_marked(lines):
    marked = [line.split(",")[0] for line in lines if "more than 0 s" in line]
    assert marked == ["IterationStepper", "FailureTriage"]


def test_what_a_widget_sends_is_counted_in_bytes(small):
    stepper = bench.Part("", lambda: small, lambda where: bench.IterationStepper(open_run(where)))
    with bench.counted():
        taken = bench.timed(stepper)
    assert taken.seconds > 0 and taken.cpu_s > 0 and taken.sent > 10_000


def test_a_run_without_samples_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(BadInput, match="1 sample and 1 picture at least, got 0 and 60"):
        write_large_run(tmp_path, samples=0)
