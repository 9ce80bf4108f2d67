import pytest

from tryon_core.errors import BadInput, UnknownName
from tryon_core.runs.parameters import BatchParameters, ReportParameters

CONTRACT = {
    "source": "data_manifests/demo.jsonl",
    "output": "",
    "flow": "closed_loop",
    "generator": "warp",
    "judge": "measure",
    "rubric": "default",
    "limit": 100,
    "max_iterations": 4,
    "seed": 0,
    "difficulty": "",
    "gender": "",
    "sample": "",
    "reuse": "",
    "rewrite": False,
    "composite_back": False,
    "shard_index": 0,
    "num_shards": 1,
}


def test_names_and_defaults_are_the_contract_of_notebook_10():
    assert BatchParameters().model_dump(exclude={"options"}) == CONTRACT


def test_a_mistyped_parameter_suggests_the_nearest():
    with pytest.raises(UnknownName, match="no parameter is called 'max_iteration'. Did you mean 'max_iterations'"):
        BatchParameters.checked(max_iteration=3)


def test_a_mistyped_option_suggests_the_nearest():
    with pytest.raises(UnknownName, match="no entry of options is called 'worker'. Did you mean 'workers'"):
        BatchParameters.checked(options={"worker": 3})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"seed": "11"}, r"parameter seed: .*integer, got '11' \(str\)"),  # what `papermill -r seed 11` hands over
        ({"limit": 0}, "parameter limit: .*greater than or equal to 1, got 0"),
        ({"source": None}, r"parameter source: .*string, got None \(NoneType\)"),
        ({"options": {"workers": 2.5}}, r"parameter options.workers: .*got 2.5 \(float\)"),
        ({"options": [1]}, r"parameter options: .*got \[1\] \(list\)"),
    ],
)
def test_a_value_that_does_not_fit_is_named(given, sentence):
    with pytest.raises(BadInput, match=sentence):
        BatchParameters.checked(**given)


def test_a_notebook_s_own_names_are_not_parameters():
    names = {"In": [], "_ih": [], "__name__": "x", "get_ipython": print, "os": pytest, "limit": 3}
    assert BatchParameters.of_notebook(names).limit == 3


def test_options_are_taken_as_a_dictionary():
    assert BatchParameters.checked(options={"workers": 2, "flow": {"accept_at": 7}}).options.workers == 2


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
