"""A stepper from near: the recorded calls, the code that draws a picture again, what zoom shows, the large picture."""

import json
import re

import pytest
from doubles import Lottery, card, scores
from doubles import run as batch
from hand_made import Bench, called_real
from looking import text

from tryon_core.errors import StorageError
from tryon_core.images import from_png
from tryon_core.runs.reading import open_run
from tryon_core.view.widgets.stepping.stepper import IterationStepper
from tryon_core.view.widgets.viewer import Viewer
from tryon_core.view.widgets.widget import escaped

HOSTILE = '<img src=x onerror="alert(1)"> & </textarea>'


class Patched:
    """Draws the person with another colour in the middle of the lower half."""

    card = card("painter")

    def __call__(self, request):
        drawn = request.images[0].copy()
        width, height = drawn.size
        drawn.paste("blue", (width // 4, height // 2, 3 * width // 4, 3 * height // 4))
        return drawn


def test_zoom_shows_what_was_changed_where_all_is_met(tmp_path):
    bench = Bench(tmp_path, draw=Patched())
    bench.sample("met", "accepted", scores())
    stepper = IterationStepper(open_run(bench.finish()))
    whole = text(stepper, "stage")
    stepper.zoom = True
    assert "what differs from person" in text(stepper, "stage") != whole
    spot = stepper.stage._spot(stepper.step, "", stepper.step.other("input"))
    found = spot.region.left, spot.region.top, spot.region.right, spot.region.bottom
    assert found == pytest.approx((0.25, 0.5, 0.75, 0.75), abs=0.03)


def test_zoom_is_in_the_middle_where_nothing_can_be_compared(tmp_path):
    bench = Bench(tmp_path)  # draws another shape than the person's
    bench.sample("met", "accepted", scores())
    stepper = IterationStepper(open_run(bench.finish()))
    stepper.zoom = True
    assert "the middle, cut at full resolution" in text(stepper, "stage")
    assert text(stepper, "stage").count("<img ") == 1


# ---- the calls, and the code -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("hints", [{}, {"garment_type": "upper"}], ids=["plain", "hinted"])
def test_the_raw_calls_are_shown_with_request_reply_and_seconds(manifest, tmp_path, hints):
    lines = [{**json.loads(line), **hints} for line in manifest.read_text().splitlines()]
    hinted = manifest.with_name("hinted.jsonl")
    hinted.write_text("\n".join(map(json.dumps, lines)))
    batch(hinted, tmp_path, judge=Lottery())
    stepper = IterationStepper(open_run(str(tmp_path)))
    assert text(stepper, "raw") == ""
    stepper.raw = True
    drawn, judged = re.findall(r'<section class="tryon-call">.*?</section>', text(stepper, "raw"), re.S)
    first = stepper.step.record
    assert "painter" in drawn and escaped(first.request["prompt"]) in drawn and first.picture in drawn
    assert "&quot;scores&quot;" in judged and first.picture in judged
    assert all(re.search(r"1 call, \d+\.\d s", call) for call in (drawn, judged))


def test_hostile_and_damaged_calls_are_shown_as_text_and_counted(manifest, tmp_path):
    batch(manifest, tmp_path, judge=Lottery())
    stepper = IterationStepper(open_run(str(tmp_path)))
    asked = stepper.step.record.request
    for place, path in enumerate(sorted((tmp_path / "calls").iterdir())):
        call = json.loads(path.read_text())
        if call.get("request") == asked:
            path.write_text(json.dumps({**call, "answer": {"picture": HOSTILE}}))
        elif not place:
            path.write_text("{")
    stepper.raw = True
    assert "<img" not in text(stepper, "raw") and "&lt;img src=x" in text(stepper, "raw")
    assert "1 recorded calls of this run cannot be read" in text(stepper, "raw")


def test_a_step_without_recorded_calls_says_so(patched):
    stepper, _ = patched
    stepper.raw = True
    assert "No call of this step is recorded" in text(stepper, "raw")


def test_the_code_names_the_run_by_its_absolute_place(tmp_path, monkeypatch):
    bench = Bench(tmp_path / "run")
    bench.sample("one", "accepted", scores())
    bench.finish(cards=called_real(generator="warp"))
    monkeypatch.chdir(tmp_path)
    stepper = IterationStepper(open_run("run"))
    sent = []
    stepper.viewer.send = lambda content, buffers=None: sent.append(content)
    stepper.code = True
    assert f"{tmp_path}/run/pictures/" in sent[0]["copy"]
    assert escaped(sent[0]["copy"]) in text(stepper, "redraw")


# ---- the large picture -----------------------------------------------------------------------------------------------


@pytest.fixture
def patched(tmp_path):
    """A stepper over two attempts, and what its viewer sent."""
    bench = Bench(tmp_path, draw=Patched())
    bench.sample("one", "accepted", scores(realism=5), scores())
    stepper, sent = IterationStepper(open_run(bench.finish())), []
    stepper.viewer.send = lambda content, buffers=None: sent.append((content, buffers))
    return stepper, sent


def heard(stepper, **content):
    """As if the browser had sent it."""
    stepper.viewer._handle_custom_msg(content, [])


def test_the_large_picture_is_the_recorded_one_at_its_full_size(patched):
    stepper, sent = patched
    digest = stepper.step.record.picture
    assert f'data-picture="{digest}"' in text(stepper, "stage")
    heard(stepper, picture=digest, alt="one, attempt 1")
    ((content, (png,)),) = sent
    assert content == {"picture": digest, "title": "one, attempt 1"}
    assert from_png(png).tobytes() == stepper.run.picture(digest).tobytes()


def test_arrow_keys_move_between_attempts_and_an_open_picture_follows(patched):
    stepper, sent = patched
    for key, attempt in (("ArrowRight", 2), ("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowLeft", 1)):
        heard(stepper, key=key)
        assert stepper.attempt == attempt
    assert sent == []
    heard(stepper, picture=stepper.step.record.picture, alt="")
    heard(stepper, key="ArrowRight")
    assert [content["title"] for content, _ in sent[1:]] == [f"one, {stepper.step.title}"]
    heard(stepper, closed=True)
    heard(stepper, key="ArrowLeft")
    assert len(sent) == 2


def test_a_picture_that_is_lost_is_told_beside_the_large_one():
    def lost(digest):
        raise StorageError(f"{digest} is missing")

    viewer, sent = Viewer(lost, {}), []
    viewer.send = lambda content, buffers=None: sent.append(content)
    viewer._handle_custom_msg({"picture": "abc", "alt": ""}, [])
    assert sent == [{"said": "abc is missing"}]


def test_a_widget_and_its_still_are_outputs_of_their_own(patched):
    stepper, _ = patched
    style, live, still = stepper.outputs()
    assert "jp-OutputArea" in style["text/html"] and "image/png" not in live
    assert live["application/vnd.jupyter.widget-view+json"]["model_id"] == stepper.model_id
    assert set(still) == {"image/png", "text/plain"}
