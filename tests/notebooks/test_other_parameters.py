"""Each notebook through papermill with other parameters than its own, over a folder and over a bucket."""

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import doubles
import pytest
from executed import ROOT, checked, execute, execute_here, outputs, run_cells, said, stills, without_a_still

from tryon_core import models
from tryon_core.errors import BadPicture, UnknownName
from tryon_core.images import to_png
from tryon_core.runs.reading import open_run
from tryon_core.storage import s3

PEOPLE = "data_manifests/people.jsonl"


@pytest.fixture
def in_a_bucket(manifest, bucket):
    """A run of four samples with scripted models under s3://."""
    doubles.run(manifest, where := f"s3://{bucket}/runs/first")
    return where


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory):
    """A run of two real samples from noise, made by 03_closed_loop."""
    folder = tmp_path_factory.mktemp("real")
    told = {"source": PEOPLE, "limit": 2, "seed": 5, "max_iterations": 2}
    notebook = execute_here("03_closed_loop", output=str(folder / "run"), **told)
    return str(folder / "run"), notebook


def test_the_first_loop_is_found_again_and_other_words_open_another_branch(tmp_path, monkeypatch):
    told = {"sample": "demo_01_stripes", "seed": 3, "max_iterations": 1, "output": str(tmp_path / "run")}
    first = execute_here("00_first_loop", **told)
    calls = set((tmp_path / "run/calls").iterdir())
    monkeypatch.chdir(ROOT)
    run_cells("00_first_loop", **told)
    assert set((tmp_path / "run/calls").iterdir()) == calls
    other = execute_here("00_first_loop", **told, words="A darker garment.")
    assert checked(other) == checked(first) and stills(other) == 4 and not without_a_still(other)
    branches = open_run(str(tmp_path / "run")).branches("demo_01_stripes")
    words = [branch.attempts[0].change.prompt.partition("stays as it is. ")[2] for branch in branches]
    assert words == ["Make the sleeves 10 % longer.", "A darker garment."]


def test_samples_of_a_bucket_are_counted_opened_and_left_out_with_a_reason(tmp_path, bucket):
    for key in ("easy/male/initial_image/a", "easy/male/cloth_image/a", "hard/male/initial_image/lone"):
        s3.put(bucket, f"set/{key}.png", to_png(doubles.picture()))
    for role in ("initial_image", "cloth_image"):
        s3.put(bucket, f"set/easy/female/{role}/torn.png", b"not a picture")
    notebook = execute_here("01_samples", source=f"s3://{bucket}/set")
    words = said(notebook)
    assert "2 of 2 samples" in words and "no garment with pairing id 'lone' in hard/male" in words
    assert "2 samples opened, 1 cannot be used" in words and "torn.png: no JPEG, PNG or WebP picture" in words
    assert stills(notebook) == 2 and not without_a_still(notebook)


def test_a_picture_drawn_elsewhere_is_judged_under_another_rubric(tmp_path):
    told = {"picture": "data_manifests/people/truth/p3_blossoms.webp", "rubric": "classic"}
    notebook = execute_here("02_one_attempt", **told, output=str(tmp_path / "run"))
    assert "identity_preservation" in checked(notebook)[0] and stills(notebook) == 1 + 7 + 1
    assert open_run(str(tmp_path / "run")).info.models["generator"].name == "brought"


def test_a_cloth_alone_is_described_and_a_white_one_is_said(tmp_path):
    garments = tmp_path / "cloths"
    garments.mkdir()
    for name in ("lab", "white"):
        shutil.copy(ROOT / f"data_manifests/people/garments/{name}.webp", garments)
    told = {"source": str(garments), "diffusion": ""}
    notebook = execute_here("04_garment_pipeline", **told, sample="lab", output=str(tmp_path / "lab"))
    assert "a teal garment" in checked(notebook)[0] and "nothing was judged" in checked(notebook)[1]
    assert "name one, person='PICTURE'" in said(notebook)
    assert "lab comes without a person" in said(notebook)
    tables = [output.get("data", {}).get("text/html", "") for output in outputs(notebook)]
    assert any("the picture of stage initial is kept" in table for table in tables)
    assert stills(notebook) == 4 + 2 + 2 and not without_a_still(notebook)
    notebook = execute_here("04_garment_pipeline", **told, sample="white", output=str(tmp_path / "white"))
    assert "the garment cannot be told from its background" in said(notebook) and stills(notebook) == 2 + 2


class Mumbling(BaseHTTPRequestHandler):
    """An OpenAI-compatible server whose judge says nothing that can be read."""

    def do_POST(self):
        choice = {"index": 0, "message": {"role": "assistant", "content": "Hm."}, "finish_reason": "stop"}
        said = {"id": "a", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def mumbling(monkeypatch):
    """The name of a judge that mumbles."""
    pytest.importorskip("openai", reason="openai is not installed; run make setup")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Mumbling) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"openai:m@http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def test_a_judge_that_cannot_be_read_leaves_seven_reasons_and_no_score(mumbling, manifest, tmp_path):
    told = {"source": str(manifest), "sample": "s0", "picture": str(manifest.parent / "red.png"), "judge": mumbling}
    notebook = execute_here("02_one_attempt", **told, output=str(tmp_path / "run"))
    assert checked(notebook)[0].count("unscored") == 7 and stills(notebook) == 1 + 7
    assert "no JSON in the judge's reply" in said(notebook) and "no score to look at" in said(notebook)


@pytest.mark.parametrize(
    ("name", "pictures"), [pytest.param("02_one_attempt", 1 + 7, marks=pytest.mark.prove), ("03_closed_loop", 4)]
)
def test_large_models_draw_and_judge_where_the_parameters_name_them(name, pictures, manifest, tmp_path):
    for needed in ("diffusers", "xgrammar"):
        pytest.importorskip(needed, reason=f"{needed} is not installed; run make setup")
    told = {"source": str(manifest), "generator": "toy:flux2-klein-9b", "judge": "toy:qwen3-vl-32b"}
    told |= {"sample": "s0"} if name == "02_one_attempt" else {"limit": 2, "max_iterations": 2}
    notebook = execute(name, tmp_path, **told, output=str(tmp_path / "run"))
    run = open_run(str(tmp_path / "run"))
    assert stills(notebook) >= pictures and all(record.attempts for record in run.records)
    assert all(f"{role} {run.info.models[role].name} is a toy" in run.caution for role in ("generator", "judge"))
    code = models.as_code(told["generator"], run.records[0].attempts[-1].request, run.store.url)
    assert compile(code, "copied", "exec") and "Flux2KleinPipeline.from_pretrained" in code


def test_a_picture_that_is_not_there_is_refused_before_any_work(monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(BadPicture, match=r"nowhere.png: cannot be read \(No such file or directory\)"):
        run_cells("02_one_attempt", picture="nowhere.png")


def test_a_refusal_is_shown_as_the_sentence_it_is(tmp_path):
    for name in ("00_first_loop", "02_one_attempt"):
        notebook = execute_here(name, sample="demo_08_white", output=str(tmp_path / name))
        assert "the garment cannot be told from its background" in said(notebook), name
    assert checked(notebook) == ["nothing was judged\n"]


def test_a_loop_over_other_samples_is_kept_where_it_was_asked_for(on_disk):
    where, notebook = on_disk
    told = open_run(where).info.parameters
    assert (told["limit"], told["seed"], told["options"]["max_iterations"]) == (2, 5, 2)
    assert checked(notebook)[0].count("p1_") == 2 and stills(notebook) == 4 and not without_a_still(notebook)


@pytest.mark.parametrize(("name", "pictures"), [("03_closed_loop", 4), ("09_failures", 12), ("11_report", 11)])
def test_a_run_in_a_bucket_is_read_as_one_on_disk(name, pictures, in_a_bucket, tmp_path):
    where = {"existing_run" if name == "03_closed_loop" else "run": in_a_bucket}
    notebook = execute_here(name, **where)
    assert stills(notebook) == pictures and not without_a_still(notebook)
    store = open_run(in_a_bucket).store
    assert not list(store.keys("labels"))  # looking at a run writes nothing
    page = [key for key in store.keys() if key.endswith(".html")]
    assert page == (["first-report.html"] if name == "11_report" else [])


def test_failures_of_two_runs_are_compared(on_disk, tmp_path):
    notebook = execute_here("09_failures", run=on_disk[0], other=on_disk[0])
    assert "accepted by both" in said(notebook) and stills(notebook) == 14


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("00_first_loop", "word", "words"),
        ("01_samples", "limits", "limit"),
        ("02_one_attempt", "picure", "picture"),
        ("03_closed_loop", "generater", "generator"),
        ("09_failures", "others", "other"),
        ("11_report", "reports", "report"),
    ],
)
def test_a_mistyped_name_is_refused_before_any_work(name, wrong, right, monkeypatch, tmp_path):
    """The cells as they are, without six kernels; test_contract sees that papermill passes such a refusal on."""
    monkeypatch.chdir(ROOT)
    with pytest.raises(UnknownName, match=f"no parameter is called '{wrong}'. Did you mean '{right}'"):
        run_cells(name, **{wrong: "1"})
