import json

import pytest

from tryon_core.errors import BadInput, UnknownName
from tryon_core.runs.notebook.notebook_parameters import ReportParameters
from tryon_core.runs.parameters import BatchParameters

CONTRACT = {
    "source": "data_manifests/demo.jsonl",
    "output": "",
    "flow": "closed_loop",
    "generator": "",
    "judge": "",
    "models": {},
    "options": {},
    "rubric": "",
    "rule": {},
    "limit": 100,
    "pick": "first",
    "pick_seed": 0,
    "stratify": (),
    "requester_pays": False,
    "max_iterations": None,
    "seed": 0,
    "difficulty": "",
    "gender": "",
    "sample": "",
    "samples": (),
    "task_ids": (),
    "reuse": "",
    "rewrite": None,
    "composite_back": None,
    "shard_index": 0,
    "num_shards": 1,
    "fail_under": 0,
}


def test_names_and_defaults_are_the_contract_of_notebook_10():
    assert BatchParameters().model_dump(exclude={"run"}) == CONTRACT


def test_a_mistyped_parameter_suggests_the_nearest():
    with pytest.raises(UnknownName, match="no parameter is called 'max_iteration'. Did you mean 'max_iterations'"):
        BatchParameters.checked(max_iteration=3)


def test_a_mistyped_option_suggests_the_nearest():
    with pytest.raises(UnknownName, match="no entry of run is called 'worker'. Did you mean 'workers'"):
        BatchParameters.checked(run={"worker": 3})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"seed": "11"}, r"parameter seed: .*integer, got '11' \(str\)"),  # what `papermill -r seed 11` hands over
        ({"limit": 0}, "parameter limit: .*greater than or equal to 1, got 0"),
        ({"source": None}, r"parameter source: .*string, got None \(NoneType\)"),
        ({"run": {"workers": 2.5}}, r"parameter run.workers: .*got 2.5 \(float\)"),
        ({"options": [1]}, r"parameter options: .*got \[1\] \(list\)"),
        ({"options": '{"strategy": '}, "parameter options: this JSON cannot be read"),
        ({"generator": "a", "models": {"generator": "b"}}, "generator is 'a' here and 'b' in models"),
        ({"max_iterations": 2, "options": {"max_iterations": 3}}, "max_iterations is a parameter and"),
        ({"samples": ["a"], "task_ids": 7}, "task_ids is another name of samples, and samples is given"),
        ({"sample": "a", "task_ids": 7}, "task_ids is another name of samples, and sample is given"),
        ({"sample": "a", "samples": ["b"]}, "sample names one sample, samples several"),
        ({"run": {"max_batch": 0}}, "parameter run.max_batch"),
        ({"sample": 1.5}, r"parameter sample: an id is text, got 1.5 \(float\); .* write -r sample ID"),
        ({"sample": True}, r"parameter sample: an id is text, got True \(bool\)"),
    ],
)
def test_a_value_that_does_not_fit_is_named(given, sentence):
    with pytest.raises(BadInput, match=sentence):
        BatchParameters.checked(**given)


def test_a_number_is_the_id_that_it_spells():
    assert BatchParameters.checked(sample=123).sample == "123"


def test_a_notebook_s_own_names_are_not_parameters():
    names = {"In": [], "_ih": [], "__name__": "x", "get_ipython": print, "os": pytest, "limit": 3}
    assert BatchParameters.of_notebook(names).limit == 3


@pytest.mark.parametrize("name", ["models", "options", "rule", "run"])
def test_a_dict_may_come_as_json_text(name):
    """As `papermill -p` hands it over."""
    value = {"models": {"judge": "x"}, "options": {"wide": 4}, "rule": {"accept_at": 7}, "run": {"workers": 2}}[name]
    assert BatchParameters.checked(**{name: json.dumps(value)}) == BatchParameters.checked(**{name: value})


@pytest.mark.parametrize(
    ("given", "ids"),
    [("a", ("a",)), ("a, b", ("a", "b")), ('["a", "b"]', ("a", "b")), (716510, ("716510",)), (["a", 7], ("a", "7"))],
)
def test_samples_come_as_list_or_text(given, ids):
    assert BatchParameters.checked(samples=given).samples == ids


def test_ids_of_tasks_are_ids_of_samples():
    given = BatchParameters.checked(task_ids=71651078, samples=[])
    assert given == BatchParameters.checked(samples=71651078) and given.samples == ("71651078",)


def test_max_batch_may_differ_by_argument():
    run = BatchParameters.checked(run={"max_batch": {"judge": 16}}).run
    assert (run.max_batch_of("judge"), run.max_batch_of("generator")) == (16, 8)


def test_a_model_may_have_options_of_its_own():
    models = BatchParameters.checked(generator="a", models={"judge": {"name": "b", "options": {"x": 1}}}).named_models()
    assert models["generator"].name == "a" and models["judge"].options == {"x": 1}


def test_the_report_s_parameters_are_checked_alike():
    with pytest.raises(UnknownName, match="no parameter is called 'reports'. Did you mean 'report'"):
        ReportParameters.checked(reports="x.html")


def test_a_cell_run_again_in_the_same_kernel_is_not_troubled_by_the_notebook_s_own_names():
    names = {"limit": 3}
    assert BatchParameters.of_notebook(names).limit == 3
    names |= {"where": "runs/x", "limit": 4}
    assert BatchParameters.of_notebook(names).limit == 4
    with pytest.raises(UnknownName):
        BatchParameters.of_notebook({"where": "runs/x"})


def test_the_home_folder_is_meant_in_every_place(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    given = ReportParameters.checked(run="~/run", report="~/page.html")
    assert (given.run, given.report) == ("/home/me/run", "/home/me/page.html")
    with pytest.raises(BadInput, match="there is no user or home folder of this name"):
        ReportParameters.checked(run="~nobody-of-this-name/run")
