"""Several models under one budget, with large models' own classes at toy size: who is in memory, and who goes."""

import gc
import shutil
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from doubles import a_sample, picture, run

from tryon_core import models
from tryon_core.errors import BadInput, UnknownName
from tryon_core.models.device import held
from tryon_core.models.device.batch_size import remembered
from tryon_core.models.device.cache import Kept
from tryon_core.models.device.manager import Manager
from tryon_core.models.device.residency import LEAST_KEPT
from tryon_core.models.flux2.klein import Flux2Klein
from tryon_core.models.toy import toy_folder
from tryon_core.records import EditRequest, Settings
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

REQUEST = EditRequest(prompt="a red shirt", images=(picture("red"), picture("white")))
KLEIN, KV, JUDGE = "toy:flux2-klein-9b", "toy:flux2-klein-9b-kv", "toy:qwen3-vl-32b"
ONE_KLEIN_GB = 0.15  # the toy and its call take 0.101: two do not fit, one and the judge's 0.008 do
OPTIONS = {"device": "cpu", "keep_gib": 0}


def names(manager):
    return [one.name for one in manager.resident()]


def test_nothing_is_read_before_the_first_call():
    manager = Manager()
    klein = manager.load(KLEIN, **OPTIONS)
    assert manager.resident() == [] and manager.held_bytes == 0
    assert klein(REQUEST).size == REQUEST.images[0].size and names(manager) == [KLEIN]


@pytest.mark.parametrize("name", ["depth", "canny", "fill"])
def test_what_a_tool_takes_is_known_before_it_is_read(name):
    """A run whose first picture satisfies reads none of FLUX.1's tools, 24 GB each."""
    manager = Manager()
    tool = manager.load(f"toy:flux1-{name}")
    before = tool.tools, tool.takes, tool.min_images
    assert manager.resident() == []
    model = models.load(f"toy:flux1-{name}")
    assert before == (model.tools, model.takes, model.min_images)


def test_what_its_weights_decide_is_read():
    manager = Manager()
    assert manager.load("toy:flux1-dev").takes == ("negative_prompt",) and names(manager) == ["toy:flux1-dev"]
    assert models.declared("toy:flux1-dev") == {"min_images": 0, "unmasked_images": 0}


def test_a_name_and_an_option_are_checked_at_once():
    with pytest.raises(UnknownName, match="Did you mean 'toy:flux2-klein-9b'"):
        Manager().load("toy:flux2-klein-9")
    with pytest.raises(UnknownName, match="Did you mean 'keep_gib'"):
        Manager().load(KLEIN, keep_gb=3)


@pytest.mark.parametrize("memory_gb", [-1, True, "4", float("nan")])
def test_a_budget_is_an_amount_of_memory(memory_gb):
    with pytest.raises(BadInput, match="memory_gb of a manager is an amount of memory"):
        Manager(memory_gb)


def test_the_same_name_and_options_are_one_model():
    manager = Manager()
    one, same, other = (manager.load(KLEIN, **OPTIONS, at_once=count) for count in (1, 1, 2))
    assert [each.card for each in (one, same, other)] and names(manager) == [KLEIN, KLEIN]


def test_a_model_is_the_same_with_its_role_named():
    manager = Manager()
    assert manager.load("cutout").card == manager.load("cutout", "segmenter").card and names(manager) == ["cutout"]


def test_the_longest_unused_goes_and_not_the_longest_loaded():
    manager = Manager(2 * ONE_KLEIN_GB)
    klein, kv, third = (manager.load(name, **OPTIONS) for name in (KLEIN, KV, "toy:flux2-klein-4b"))
    assert klein.card and kv.card
    klein(REQUEST)  # the oldest is used again
    assert third.card and names(manager) == ["toy:flux2-klein-4b", KLEIN]
    assert manager.held_bytes <= 2e9 * ONE_KLEIN_GB


def test_what_may_be_kept_makes_room_before_a_model_does():
    """Two, each with the least that is kept, are 0.74 GB."""
    manager = Manager(1.0)
    klein, kv = (manager.load(name, device="cpu", keep_gib=4) for name in (KLEIN, KV))
    before, kept, known = klein(REQUEST), manager.resident()[0].may_keep, klein.samples_kept
    kv(REQUEST)
    assert names(manager) == [KV, KLEIN] and manager.held_bytes == pytest.approx(1e9, rel=1e-6)
    less = manager.resident()[1].may_keep
    assert LEAST_KEPT <= less < kept and manager.resident()[0].may_keep < less + LEAST_KEPT
    assert klein.samples_kept < known and klein(REQUEST).tobytes() == before.tobytes()
    assert sum(shelf.budget for shelf in shelves_of(klein._slot.model)) <= less


def test_what_is_kept_stays_where_a_model_must_go_all_the_same():
    manager = Manager(1.0)
    klein, kv, many = (
        manager.load(name, device="cpu", keep_gib=4, at_once=count) for name, count in ((KLEIN, 1), (KV, 1), (KV, 3))
    )
    assert klein.card and kv.card
    less = manager.resident()[0].may_keep
    assert many.card and names(manager) == [KV, KV] and manager.resident()[1].may_keep == less


def shelves_of(model):
    return [part for part in held._parts(model) if isinstance(part, Kept)]


def test_what_was_put_out_is_gone_and_comes_back_the_same():
    manager = Manager(ONE_KLEIN_GB)
    klein, kv = (manager.load(name, **OPTIONS) for name in (KLEIN, KV))
    before, card = klein(REQUEST), klein.card
    weights = weakref.ref(klein.pipe.transformer._slot.model.pipe.transformer)
    kv(REQUEST)
    gc.collect()
    assert weights() is None and names(manager) == [KV]
    assert klein(REQUEST).tobytes() == before.tobytes() and klein.card == card
    assert [(one.name, one.loads) for one in manager.resident()] == [(KLEIN, 2)]


def test_what_is_plain_is_answered_while_the_model_is_out():
    manager = Manager()
    judge = manager.load(JUDGE, "judge", **OPTIONS)
    card, keeps, of_writer = judge.card, judge.samples_kept, judge.writer.card
    assert hasattr(judge, "metered") and not hasattr(judge, "batch")
    assert manager.put_out(JUDGE) == [JUDGE]
    assert (judge.card, judge.samples_kept, judge.writer.card) == (card, keeps, of_writer)
    assert hasattr(judge, "metered") and not hasattr(judge, "batch")
    assert manager.resident() == []


def test_batch_sizes_are_remembered_for_the_same_model_and_device_whether_it_is_in_or_out():
    klein, plain = Manager().load(KLEIN, **OPTIONS), models.load(KLEIN, **OPTIONS)
    assert klein.card and klein._slot.device == "cpu"
    inside = remembered(klein).key
    klein._manager.put_out()
    assert inside == remembered(klein).key == remembered(plain).key and '"cpu"' in inside


def test_a_part_of_a_model_keeps_it_in_memory_while_it_answers():
    manager = Manager()
    judge = manager.load(JUDGE, "judge", **OPTIONS)
    writer = judge.writer
    manager.put_out()
    assert writer("Say it in other words.", [picture("red")]) and names(manager) == [JUDGE]


def test_a_model_that_works_is_not_put_out_and_who_needs_its_room_waits():
    manager, at_work, may_end = Manager(ONE_KLEIN_GB), threading.Event(), threading.Event()
    klein, kv = (manager.load(name, **OPTIONS) for name in (KLEIN, KV))

    def work():
        with manager.working(klein._slot):
            at_work.set()
            may_end.wait(60)

    threads = [threading.Thread(target=work), threading.Thread(target=lambda: kv.card)]
    threads[0].start()
    at_work.wait(60)
    threads[1].start()
    threads[1].join(0.5)
    assert threads[1].is_alive() and names(manager) == [KLEIN] and manager.put_out() == []
    may_end.set()
    [thread.join(60) for thread in threads]
    assert names(manager) == [KV]


def test_threads_that_share_a_model_get_its_answers_one_after_the_other():
    drawer = Manager().load("toy:sd15-controlnet", "generator", device="cpu")
    requests = [
        EditRequest(prompt="a shirt", images=(), settings=Settings(steps=steps, size=(64, 64)))
        for steps in (2, 3, 4, 5)
    ]
    alone = [drawer(request).tobytes() for request in requests]
    with ThreadPoolExecutor(4) as threads:
        together = [picture.tobytes() for picture in threads.map(drawer, requests)]
    assert together == alone and len(set(alone)) == 4


def test_words_are_counted_while_a_shared_model_draws():
    drawer = Manager().load("toy:sd15-controlnet", "generator", device="cpu")
    with drawer._slot.turn, ThreadPoolExecutor(1) as threads:
        assert threads.submit(drawer.fits, "a shirt").result(60)


def test_one_who_works_and_needs_more_than_there_is_is_told_and_does_not_wait_for_itself():
    manager = Manager(ONE_KLEIN_GB)
    klein, kv = (manager.load(name, **OPTIONS) for name in (KLEIN, KV))
    with (
        manager.working(klein._slot),
        pytest.raises(BadInput, match=f"{KV} needs .* GB and .* GB are free beside {KLEIN}"),
    ):
        kv(REQUEST)
    assert kv(REQUEST)


def test_what_does_not_fit_at_all_puts_nobody_out():
    manager = Manager(ONE_KLEIN_GB)
    klein, many = manager.load(KLEIN, **OPTIONS), manager.load(KLEIN, **OPTIONS, at_once=8)
    assert klein.card
    with pytest.raises(BadInput, match="does not fit in 0.15 GB of cpu; it would need: resident .* of which 1 would"):
        many(REQUEST)
    assert names(manager) == [KLEIN]


def second(name, *, first):
    """Another model over the same pipeline's weights, through the library's own way."""
    pipe = type(first.pipe).from_pipe(first.pipe)
    pipe.plan = first.pipe.plan
    return Flux2Klein(pipe, first.card.model_copy(update={"name": name}), keep_bytes=0)


def test_weights_that_two_models_share_count_once(monkeypatch):
    manager = Manager()
    klein = manager.load(KLEIN, **OPTIONS)
    klein(REQUEST)
    alone = manager.held_bytes
    monkeypatch.setitem(models.TABLE["generator"], "second", "test_manager:second")
    monkeypatch.setitem(models.SPECS, "second", models.SPECS["flux2-klein-9b"])
    other = manager.load("second", first=klein._slot.model)
    other(REQUEST)
    later, earlier = manager.resident()
    assert (later.shared, earlier.own) == (0, 0) and later.own == earlier.shared > 0
    assert manager.held_bytes == alone + later.working + later.may_keep
    manager.put_out("second")
    (left,) = manager.resident()
    assert (left.own, left.shared) == (later.own, 0)


def test_a_run_takes_managed_models_as_it_takes_plain_ones(manifest, tmp_path):
    manager, of_judge = Manager(ONE_KLEIN_GB), {**OPTIONS, "max_new_tokens": 60}
    managed = manager.load(KLEIN, **OPTIONS), manager.load(JUDGE, "judge", **of_judge)
    plain = models.load(KLEIN, **OPTIONS), models.load(JUDGE, "judge", **of_judge)
    done = [
        run(manifest, tmp_path / name, *pair, limit=2, max_iterations=1)
        for name, pair in (("managed", managed), ("plain", plain))
    ]
    pictures = [[step.picture for record in result.records for step in record.steps] for result in done]
    assert pictures[0] == pictures[1] and len(pictures[0]) == 2 and set(names(manager)) == {KLEIN, JUDGE}


def test_the_models_of_a_run_can_have_one_budget(manifest, tmp_path):
    """So small that one of the two is in memory at a time."""
    judging = {"name": JUDGE, "options": {**OPTIONS, "at_once": 1, "max_new_tokens": 60}}
    pair, found = {"generator": {"name": KLEIN, "options": {**OPTIONS, "at_once": 1}}, "judge": judging}, []
    for name, sharing in (("alone", {}), ("together", {"memory_gb": 0.105})):
        given = {"source": str(manifest), "output": str(tmp_path / name), "models": pair, "run": sharing}
        parameters = BatchParameters.checked(**given, limit=2, max_iterations=1)
        result = run_batch(parameters, progress=False)
        found.append([step.picture for record in result.records for step in record.steps])
    assert found[0] == found[1] and len(found[0]) == 2
    (left,) = parameters.run.load.__self__.resident()
    assert left.loads > 1


def test_other_files_under_the_same_name_are_told_apart(tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(toy_folder("flux2-klein"), folder)
    manager = Manager()
    klein = manager.load("flux2-klein-9b", weights=str(folder), **OPTIONS)
    assert klein.card
    manager.put_out()
    (folder / "model_index.json").write_text((folder / "model_index.json").read_text() + "\n")
    with pytest.raises(BadInput, match="its files are not those it was loaded from before"):
        klein(REQUEST)


def test_a_sample_is_judged_by_a_managed_judge():
    judge = Manager().load(JUDGE, "judge", **OPTIONS)
    assert len(judge(a_sample(), picture("red")).scores) == len(judge.rubric.keys)
