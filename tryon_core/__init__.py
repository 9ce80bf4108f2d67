"""A workbench for closed-loop image editing: draw, judge, correct, repeat, and measure honestly what it took.

The names that a notebook types are loaded where they are used; importing the package loads NumPy, Pillow and pydantic.

    load(NAME)                 a model by name; `python -m tryon_core.models` lists them
    flows, models, rubrics     the tables; `python -m tryon_core.flows` lists the flows
    open_source(PLACE)         the samples of a manifest, a folder or a bucket
    run_batch(parameters)      a flow over many samples; kept_run(parameters): a run that is made once
    begin(parameters)          one sample, a step at a time; on_run(PLACE, SAMPLE): the same over a sample of a run
    open_run(PLACE)            a run, for tables, figures and widgets
    Pipeline(...)              a garment through all stages, or one of them, without a run
    dual_stream_feedback_loop(WISH)  a picture from words, refined until the judge is satisfied, without a run
    compare_search(PICTURE, WISH), batch_compare(DATASET)  two ways of drawing many at one budget, kept as runs
    to_project()               go to the project's folder, wherever a notebook was started
    BatchParameters, Sample, Step, Change, closed_loop
"""

from importlib import import_module
from typing import Any

__version__ = "0.2.0"

_WHERE = {
    "BatchParameters": "runs.parameters",
    "Change": "steps",
    "Pipeline": "recipes",
    "Sample": "records",
    "Step": "steps",
    "batch_compare": "recipes",
    "begin": "runs.stepping",
    "closed_loop": "flows.closed_loop",
    "compare_search": "recipes",
    "dual_stream_feedback_loop": "recipes",
    "kept_run": "runs.run_once",
    "load": "models",
    "on_run": "runs.stepping",
    "open_run": "runs.reading",
    "open_source": "sources",
    "run_batch": "runs.batch",
    "to_project": "runs.notebook.project_folder",
}
_ROOMS = ("flows", "models", "rubrics")

__all__ = [*_WHERE, *_ROOMS]  # noqa: PLE0604  all of them are texts


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f".{name}", __name__)
    if name not in _WHERE:
        raise AttributeError(f"tryon_core has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f".{_WHERE[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
