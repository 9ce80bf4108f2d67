"""Samples of words alone, and edits of one picture, through source, run and every view."""

import json

import pytest
from doubles import Lottery, picture
from four_flows import Candidates
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.flows import FlowLine, spec_of
from tryon_core.records import EditRequest, Noise, Sample, SampleLine
from tryon_core.roles import Generator, Judge
from tryon_core.rubrics import RUBRICS, Rubric, decide
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.runs.stepping import begin
from tryon_core.sources import open_source
from tryon_core.steps import Flow, Step
from tryon_core.view.figures.chart import png
from tryon_core.view.figures.run_figures import figures_for
from tryon_core.view.figures.sheet import Sheet
from tryon_core.view.figures.strip import strip
from tryon_core.view.report.page import report_html
from tryon_core.view.widgets.stepping.stepper import IterationStepper
from tryon_core.view.widgets.triaging.triage import FailureTriage

PNG = b"\x89PNG"
FOREST = "A magical forest with glowing mushrooms"
LINES = [
    {"sample_id": "forest", "wish": FOREST},
    {"sample_id": "lake", "wish": "A serene lake at sunset"},
    {"sample_id": "edit", "wish": "Make the sky red", "pictures": {"init": "lake.png"}},
    {"sample_id": "masked", "wish": "A boat there", "pictures": {"init": "lake.png", "mask": "mask.png"}},
]


def draw_twice(sample: Sample, *, generator: Generator, judge: Judge, rubric: Rubric, seed: int = 0) -> Flow:
    """From words, over a picture where there is one, inside its mask where that is given."""
    mask = sample.images["mask"].convert("L") if "mask" in sample.images else None
    for number in range(2):
        noise = Noise(seed=seed + number)
        request = EditRequest(prompt=sample.wish, images=sample.several("init"), mask=mask, noise=noise)
        image = generator(request)
        judgement = judge(sample, image)
        yield Step(image=image, request=request, judgement=judgement, decision=decide(judgement, rubric))
    return 2


LINE = FlowLine(function=draw_twice, may=("init", "mask"), rubric="general", every_attempt=True)
MODELS = {"generator": Candidates(), "judge": Lottery(RUBRICS["general"])}


def manifest(folder, *lines):
    """The lines as a manifest, with a lake and a mask beside it."""
    picture("tan", (160, 120)).save(folder / "lake.png")
    mask = Image.new("L", (160, 120), 0)
    mask.paste(255, (40, 30, 120, 90))
    mask.save(folder / "mask.png")
    (folder / "words.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder / "words.jsonl"


def asked(place, output):
    return BatchParameters.checked(source=str(place), output=str(output))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    place = manifest(tmp_path_factory.mktemp("words"), *LINES)
    made = run_batch(asked(place, place.parent / "run"), flow=spec_of(draw_twice, LINE), progress=False, **MODELS)
    return open_run(made.url)


def test_words_alone_are_listed_and_loaded(tmp_path):
    source = open_source(manifest(tmp_path, *LINES), needs=())
    listing = source.listing()
    samples = [source.load(line) for line in listing.lines]
    assert [tuple(sample.images) for sample in samples] == [(), (), ("init",), ("init", "mask")]
    assert samples[0].wish == listing.lines[0].own_wish == FOREST and not listing.skipped


def test_a_folder_may_hold_words_alone(tmp_path):
    manifest(tmp_path, *LINES).rename(tmp_path / "manifest.jsonl")
    assert len(open_source(tmp_path, needs=()).listing().lines) == len(LINES)


def test_each_sample_is_drawn_and_judged(run):
    assert [(record.sample_id, len(record.attempts), record.chosen) for record in run.records] == [
        (line["sample_id"], 2, 2) for line in LINES
    ]
    forest, lake, edit, masked = (record.person for record in run.records)
    assert (forest, lake) == ("forest", "lake") and edit == masked == run.records[2].pictures["init"]
    requests = [record.steps[0].request for record in run.records]
    assert [len(request["images"]) for request in requests] == [0, 0, 1, 1]
    assert [bool(request["mask"]) for request in requests] == [False, False, False, True]


def test_a_run_of_words_is_resumed_without_a_call(run):
    calls, judge = set(run.store.keys("calls/")), Lottery(RUBRICS["general"])
    parameters = asked(run.info.parameters["source"], run.store.url)
    run_batch(parameters, flow=spec_of(draw_twice, LINE), generator=Candidates(), judge=judge, progress=False)
    assert set(run.store.keys("calls/")) == calls and not judge.calls


def test_words_alone_can_be_stepped(tmp_path):
    loop = begin(asked(manifest(tmp_path, *LINES), tmp_path / "live"), flow=spec_of(draw_twice, LINE), **MODELS)
    assert loop.step().request["prompt"] == FOREST and loop.step().number == 2


@pytest.mark.parametrize("line", [{"sample_id": "a"}, {"sample_id": "a", "wish": " "}])
def test_neither_a_picture_nor_a_wish_is_refused(tmp_path, line):
    """What every try-on asks for is no wish of its own: it would be drawn from words that nobody wrote."""
    with pytest.raises(BadInput, match='a has neither a picture nor a wish of its own.*write "wish"'):
        run_batch(asked(manifest(tmp_path, line), tmp_path / "run"), flow=spec_of(draw_twice, LINE), **MODELS)


def test_a_flow_that_needs_pictures_still_refuses_words(tmp_path):
    with pytest.raises(BadInput, match="flow closed_loop needs the pictures person, garment; sample forest has no "):
        run_batch(asked(manifest(tmp_path, *LINES), tmp_path / "run"))


def test_only_a_wish_that_was_written_is_its_own():
    assert SampleLine(sample_id="a").own_wish == SampleLine(sample_id="a", wish=" \n").own_wish == ""
    assert SampleLine(sample_id="a", wish=" A hat. ").own_wish == "A hat."


# ---- every view: the wish stands where a sample has no pictures of its own -------------------------------------------


def test_figures_of_words_are_shown(run):
    assert figures_for(run) and all(png(draw(run)).startswith(PNG) for draw in figures_for(run))
    assert FailureTriage(run).still().startswith(PNG)


def texts(figure):
    return [text.get_text() for text in figure.texts]


def test_the_wish_is_shown_over_a_strip(run, tmp_path):
    assert FOREST in texts(strip(run, "forest")) and "A boat there" in texts(strip(run, "masked"))


def test_the_wish_is_shown_in_the_report(run):
    opening = report_html(run).partition('id="ran"')[0]
    assert any(f">{line['wish']}</p>" in opening for line in LINES) and "None" not in opening


@pytest.mark.parametrize("sample_id", [line["sample_id"] for line in LINES])
def test_a_step_of_words_is_shown(run, sample_id, monkeypatch):
    written = []
    write = Sheet.write

    def noted(sheet, x, y, text, **look):
        written.append(text)
        write(sheet, x, y, text, **look)

    monkeypatch.setattr(Sheet, "write", noted)
    stepper = IterationStepper(run, sample_id)
    for stepper.attempt in (1, 2):
        assert stepper.still().startswith(PNG)
    assert written.count({line["sample_id"]: line["wish"] for line in LINES}[sample_id]) >= 2
