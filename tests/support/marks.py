"""What a test needs beside plain code, in one list; and a guard, so that a test without a mark needs none of it.

`make check` leaves the marked ones out, as CHECK says.
"""

import importlib.abc
import importlib.machinery
import sys
from pathlib import Path

import pytest
from hypothesis import settings

MARKS = {
    "embedded": "draws with `warp`, judges with `measure`, or needs what perceives for them",
    "toy": "needs torch: a large model's own classes at toy size, or a GPU",
    "notebook": "runs a notebook, the demo, or another program for seconds, or draws a report and all its figures",
    "browser": "drives a browser or a server of notebooks",
    "outage": "waits through outages, drips and time-outs, or reads thousands of spoiled files, for many seconds",
}
CHECK = " and ".join(f"not {mark}" for mark in ("prove", "gpu", *MARKS))
# mark -> path under tests, 'path::name' of a test (a part of the name will do), or '@name' of a fixture
NEEDS: dict[str, tuple[str, ...]] = {
    "embedded": (
        "models/embedded",
        "models/scorers/test_worn_crop.py",
        "models/segment/test_cutout_segmenter.py",
        "models/scorers/test_truth_scorer.py",
        "models/faces",
        "models/scorers/blend",
        "models/scorers/test_face_identity.py",
        "models/scorers/test_face_scorer.py",
        "models/scorers/test_words_scorer.py",
        "models/scorers/test_classical_scorer.py",
        "models/scorers/test_kept_outside.py",
        "models/test_models_by_name.py",
        "benchmarks/test_bench.py",
        "runs/at_once/test_eight_gb.py",
        "runs/at_once/test_gemini_runs.py",
        "benchmarks/test_bench_slices.py",
        "benchmarks/test_planted_bench.py",
        "benchmarks/test_scorer_bench.py",
        "benchmarks/test_search_bench.py",
        "benchmarks/test_streams_bench.py",
        "runs/test_prove.py",
        "flows/test_polishing_in_runs.py::cannot_write",
        "runs/test_stepping.py::models_that_it_names",
        "runs/test_stepping.py::other_models_can_be",
        "runs/test_stepping.py::a_run_has_not_begun",
        "view/widgets/test_stepper.py::the_code_that_redraws",
        "view/widgets/test_from_near.py::the_code_names",
        "runs/test_wrong_answers.py::warp_draws",
        "project/test_readme.py::test_the_code_runs",
        "pictures/masking/test_rendered_masks.py",
        "flows/test_put_back_planted.py",
        "@builder",
    ),
    "toy": (
        "gpu",
        "models/editing",
        "models/flux1",
        "models/flux2",
        "models/qwen_image",
        "models/device/test_attention.py",
        "models/device/test_manager.py",
        "models/device/test_quiet_loading.py::only_clip",
        "models/device/test_mapped.py",
        "view/figures/test_memory_figures.py",
        "models/device/test_residency.py",
        "models/device/test_true_sizes.py",
        "models/device/test_kept_values.py::host",
        "models/device/test_options.py::listed_by_name",
        "models/device/test_options.py::bad_option_reaches",
        "models/device/test_samples_kept.py",
        "models/device/test_options.py::stops_any_load",
        "evaluation/test_evaluated_by_toys.py",
        "evaluation/test_evaluation_command.py::weights",
        "models/test_character_inside_a_mask.py",
        "benchmarks/together/test_masked_bench.py::timed_together",
        "models/test_weights.py",
        "models/test_download.py",
        "models/scorers/test_aesthetic.py",
        "models/scorers/test_clip_scorer.py",
        "models/scorers/test_convert.py",
        "models/scorers/test_image_reward.py",
        "models/scorers/test_inception_features.py",
        "models/scorers/test_lpips.py",
        "models/scorers/test_scorers_held.py",
        "models/segment/test_sam2.py",
        "models/segment/test_sam3.py",
        "models/segment/test_segmenters_held.py",
        "models/segment/test_clothes_parser.py",
        "models/segment/test_picture_tensors.py",
        "@served",
        "models/vlm/test_qwen_vl.py",
        "models/vlm/test_qwen_vl_expected.py",
        "models/vlm/test_qwen_vl_sampled.py",
        "models/vlm/test_qwen_vl_tokens.py",
        "models/vlm/verifying/test_editscore.py",
        "models/vlm/verifying/test_qwen_verifiers.py",
        "models/vlm/test_qwen_vl_writer.py",
        "runs/at_once/test_batch_size.py",
        "runs/test_job.py",
        "speed/test_hollow.py",
        "recipes/test_example_as_written.py",
        "recipes/test_search_by_words.py",
        "speed/test_speed.py",
        "view/widgets/test_mask_tuner.py::toy_of_a_network",
    ),
    "notebook": (
        "notebooks",
        "recipes/test_search_killed.py",
        "project/test_demo.py",
        "project/test_git_filter.py",
        "runs/test_batch.py::test_sig",
        "benchmarks/scale/test_large_run.py::seconds_for_every_part",
        "view/arena/test_arena_figures.py",
        "view/figures",
        "view/test_flows_shown.py",
        "view/streams/test_stream_figures.py",
        "view/streams/test_stream_steps.py::the_report",
        "runs/of_flows/test_words_alone.py::shown",
        "view/tables/test_measured.py::the_report",
        "benchmarks/scale/test_large_run.py::slow_first_paint",
        "runs/at_once/test_shards.py::processes",
        "pictures/test_standard_size.py::held_whole",
        "mutants::planted",
        "mutants::anyway",
    ),
    "browser": ("browser", "project/test_lab.py"),
    "outage": (
        "runs/at_once/test_bad_day.py",
        "runs/at_once/test_judge_servers.py",
        "storage/test_s3_outages.py",
        "models/vlm/test_openai_troubles.py",
        "vocabulary/images/test_mutated.py",
        "runs/kept/test_damaged.py",
        "runs/kept/test_strangers.py",
    ),
}
HEAVY = {  # module that no test without the mark may load -> the mark
    "torch": "toy",
    "tryon_core.models.embedded.warp": "embedded",
    "tryon_core.models.embedded.measure": "embedded",
    "ai_edge_litert": "embedded",
}


def marks_of(item: pytest.Item, tests: Path) -> set[str]:
    """The marks of a test, by its path, its name and its fixtures; a notebook is told by its ending."""
    if item.path.suffix == ".ipynb":
        return {"notebook"}
    path = item.path.relative_to(tests).as_posix()
    return {mark for mark, needs in NEEDS.items() if any(_meets(item, path, one) for one in needs)}


def _meets(item: pytest.Item, path: str, need: str) -> bool:
    if need.startswith("@"):
        return need[1:] in getattr(item, "fixturenames", ())
    place, _, name = need.partition("::")
    return (path == place or path.startswith(place + "/")) and name in item.name


def slowness(item: pytest.Item) -> int:
    """0 for the slowest kind of tests, more for quicker ones."""
    kinds, marks = ("browser", "notebook", "toy", "embedded"), {mark.name for mark in item.iter_markers()}
    return next((place for place, kind in enumerate(kinds) if kind in marks), len(kinds))


def left_out(path: Path, tests: Path) -> bool:
    """Whether all of a file or folder is marked by its path, so that a check need not even import it."""
    place = path.relative_to(tests).as_posix() if path.is_relative_to(tests) else ""
    return any(need == place for needs in NEEDS.values() for need in needs)


def checking(config: pytest.Config) -> bool:
    """Whether the marked tests are left out."""
    return all(f"not {mark}" in config.option.markexpr for mark in MARKS)


def spare_examples(item: pytest.Item) -> None:
    """A fifth of the examples, where a property test wants more than the profile gives."""
    function, few = getattr(item, "obj", None), settings.get_profile("quick").max_examples
    wanted = getattr(function, "_hypothesis_internal_use_settings", None)
    if wanted and wanted.max_examples > few:
        function._hypothesis_internal_use_settings = settings(wanted, max_examples=min(few, wanted.max_examples // 5))


class Guard(importlib.abc.MetaPathFinder):
    """Fails the test that loads what only a marked one may; no code of ours catches that."""

    def find_spec(self, name, path=None, target=None):
        if name not in HEAVY:
            return None
        others = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not self)
        spec = next((found for found in others if found is not None), None)
        if spec is not None:
            spec.loader = _Refusing(name)
        return spec


class _Refusing(importlib.abc.Loader):
    def __init__(self, name: str):
        self.name = name

    def exec_module(self, module):
        pytest.fail(f"this test loads {self.name}: mark it '{HEAVY[self.name]}' in tests/support/marks.py")
