"""The faces of all tasks of a file, or of some, swapped: a run, the pictures, and summary.json.

    python -m tryon_core.recipes.face_swaps project-label.json face_swaps
    python -m tryon_core.recipes.face_swaps project-label.json OUT --task 71651078 --device cuda:0 --device cuda:1

Run it again to go on where it stopped: what was swapped is not swapped again. Other tasks need another output, and
--reuse the earlier one. A task whose person did not agree, or of whom the file does not say so, is refused.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import Any

from ..errors import TryonError
from ..images import to_png
from ..records import Measurement
from ..runs.kept.keys import swapped_key
from ..runs.parameters import BatchParameters
from ..runs.reading import Run, open_run
from ..sources import open_source
from ..sources.listing import Skipped
from ..steps import SampleRecord
from ..storage.store import Store, open_store
from .compared_files import as_json
from .several_devices import run_on

SUMMARY = "summary.json"
Row = dict[str, Any]


def swap_faces(
    tasks: str | PathLike[str],
    output: str | PathLike[str] = "face_swaps",
    *,
    task_ids: Sequence[str] = (),
    models: Mapping[str, Any] | None = None,
    devices: Sequence[str] = (),
    reuse: str | PathLike[str] = "",
    progress: bool = False,
) -> Row:
    """Swap the faces of tasks. Under `output`: the run, swapped/ID.png for each success, and summary.json.

    tasks     a task file, or any other source of samples with the pictures 'init' and 'character', perhaps 'mask'
    task_ids  only these, in this order; empty: all
    models    face_swapper and identity, by name, {name, options}, or as they are; left out: classical-swap, which needs
              no download, and face-identity
    devices   one process for each, which takes its share of the tasks
    reuse     an earlier output, such as that of other task_ids: what is there is not swapped again
    returns   what summary.json says: {total, success, failed, results: [{id, status, ...}]}; a task that cannot be used
              failed, with its reason, and loses no other
    raises    BadInput, MissingWeights before anything is swapped; RunConflict where `output` was begun with other tasks
    """
    source = open_source(fspath(tasks), needs=(), samples=tuple(map(str, task_ids)), skip_bad=True)
    given = dict(models or {})
    own = {argument: model for argument, model in given.items() if not isinstance(model, str | Mapping)}
    named = {argument: model for argument, model in given.items() if argument not in own}
    parameters = BatchParameters.checked(flow="face_swap", models=named, output=fspath(output), reuse=fspath(reuse))
    run_on(tuple(devices), parameters, source, own, argument="face_swapper", progress=progress)
    run = open_run(fspath(output))
    return _written(run, () if task_ids else run.listing.skipped)


def _written(run: Run, skipped: Sequence[Skipped]) -> Row:
    """The pictures and the summary, beside the run."""
    store = open_store(run.store.url)
    results = [_result(run, record, store) for record in run.records]
    results += [{"id": each.key, "status": "failed", "outcome": "unusable", "reason": each.reason} for each in skipped]
    success = sum(each["status"] == "success" for each in results)
    summary = {"total": len(results), "success": success, "failed": len(results) - success, "results": results}
    _put(store, SUMMARY, as_json(summary).encode())
    return summary


def _result(run: Run, record: SampleRecord, store: Store) -> Row:
    line = record.line
    row: Row = {"id": record.sample_id, "character_name": line.known.get("character_name"), "consent": line.consent}
    if record.chosen is None:
        return {**row, "status": "failed", "outcome": record.outcome, "reason": record.reason}
    kept, place = record.steps[record.chosen - 1], swapped_key(record.sample_id)
    if store.version(place) is None:
        _put(store, place, to_png(run.picture(kept.picture)))
    before, after = (_numbers(record.steps[number]) for number in (0, record.chosen - 1))
    return {**row, "status": "success", "outcome": record.outcome, "output": place, "before": before, "after": after}


def _numbers(step: Any) -> Row:
    """metric -> its number, or why there is none"""
    return {name: found.value if isinstance(found, Measurement) else found for name, found in step.scores.items()}


def _put(store: Store, key: str, data: bytes) -> None:
    store.replace(key, data, store.version(key))


def main(arguments: Sequence[str] | None = None) -> int:
    """Swap, print what came of it; 1 with a sentence where nothing could begin."""
    parser = argparse.ArgumentParser(
        prog="python -m tryon_core.recipes.face_swaps",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("tasks", help="a task file, manifest, folder or s3:// place")
    parser.add_argument("output", nargs="?", default="face_swaps", help="a folder or s3://bucket/prefix (face_swaps)")
    parser.add_argument("--task", action="append", default=[], help="only this task, by its id; may be repeated")
    parser.add_argument("--face-swapper", default="classical-swap", help="by name (classical-swap)")
    parser.add_argument("--device", action="append", default=[], help="a process on each; may be repeated")
    parser.add_argument("--reuse", default="", help="an earlier output: what it holds is not swapped again")
    parser.add_argument(
        "--accept-research-licence", action="store_true", help="of a swapper whose weights are for research only"
    )
    asked = parser.parse_args(arguments)
    options = {"accept_research_licence": True} if asked.accept_research_licence else {}
    models = {"face_swapper": {"name": asked.face_swapper, "options": options}}
    try:
        summary = swap_faces(
            asked.tasks,
            asked.output,
            task_ids=asked.task,
            models=models,
            devices=asked.device,
            reuse=asked.reuse,
            progress=True,
        )
    except TryonError as e:
        print(f"{type(e).__name__}: {e}", file=sys.stderr)
        return 1
    print(f"{summary['success']} of {summary['total']} faces swapped; see {asked.output}/{SUMMARY}")
    for row in summary["results"]:
        if row["status"] == "failed":
            print(f"  {row['id']}: {row['outcome']}: {row['reason']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
