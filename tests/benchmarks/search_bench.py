"""Search over the embedded generator at equal budget, told by what did not select: truth, words, faces.

    python tests/benchmarks/search_bench.py                         the 54 reporting samples, 8 pictures each
    python tests/benchmarks/search_bench.py --limit 6 --pictures 4  as the tests run it
    python tests/benchmarks/search_bench.py --contest loops         feedback against luck, both led by the judge
    python tests/benchmarks/search_bench.py --write FILE            the tables into the JSON that notebook 06 quotes

Runs are kept in --runs and gone on with; candidates that strategies share are drawn once. A joiner: nothing imports it.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import pandas as pd
from embedded_bench import MANIFEST
from planted_bench import evenly

from tryon_core.errors import BadInput, TryonError
from tryon_core.evaluation import held_out
from tryon_core.models import load
from tryon_core.recipes.entrants import entrants
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.sources import open_source
from tryon_core.view.arena.contest import Arena, arena
from tryon_core.view.arena.hacking import hacking
from tryon_core.view.arena.over_budget import best_so_far
from tryon_core.view.arena.winning import power_table, wins

SCORERS = ("truth", "words", "face")  # none of them selects
REPORTED = ("truth_ssim", "truth_colour", "truth_edges", "words_read", "face_distance")
SEED = 3


def strategies(pictures: int) -> dict[str, dict[str, Any]]:
    """Name -> settings of the search; all may draw so many pictures."""
    parents = max(pictures // 4, 1)
    options = {"judged": "none", "metric": "garment_colour"}
    return entrants(("eacps", "reseed", "ttflux", "zero_order"), pictures - 2 * parents, parents, 2, options)


def loops(pictures: int) -> dict[str, dict[str, Any]]:
    """Feedback and luck, both led by the judge: one line of corrections, and as many pictures of unrelated noise."""
    named = {"feedback": (pictures, 1), "both": (pictures // 2, 2), "luck": (1, pictures)}
    return {
        name: {
            "strategy": "iterate_and_sample",
            "iterations": iterations,
            "parallel": parallel,
            "judged": "all",
            "budget": {"pictures": pictures},
        }
        for name, (iterations, parallel) in named.items()
    }


CONTESTS = {"search": strategies, "loops": loops}


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    lines = open_source(options.manifest).listing().lines
    lines = [line for line in lines if options.split in ("", line.known.get("split"))]
    if not lines:
        raise BadInput(f"{options.manifest} has no sample of split {options.split!r}; give tuning, reporting or ''")
    samples = [line.sample_id for line in evenly(lines, options.limit or len(lines))]
    entered = CONTESTS[options.contest](options.pictures)
    tables = tables_of(compared(entered, samples, options), options.pictures)
    print(in_words(options.contest, tables))
    if options.write:
        _write(options.write, options.contest, _document(tables, options, entered, len(samples)))


def compared(entered: Mapping[str, Mapping[str, Any]], samples: Sequence[str], options: Any) -> Arena:
    """The strategies over these samples, and what they drew scored with the true pictures."""
    runs, reuse = [], ""
    for name, settings in entered.items():
        output = str(options.runs / name)
        parameters = BatchParameters(
            flow="search",
            source=str(options.manifest),
            samples=tuple(samples),
            limit=len(samples),
            seed=SEED,
            output=output,
            reuse=reuse,
            options=dict(settings),
        )
        run_batch(parameters, progress=sys.stderr.isatty())
        runs.append(open_run(output))
        reuse = reuse or output
    scorers = [load(name, role="scorer") for name in SCORERS]
    scores = pd.concat([held_out(run, scorers) for run in runs], ignore_index=True)
    return arena(*runs, scores=scores)


def tables_of(contest: Arena, pictures: int) -> dict[str, pd.DataFrame]:
    told = [metric for metric in REPORTED if contest.scores.value[contest.scores.metric == metric].notna().any()]
    return {
        "power": power_table(*contest.runs.values()),
        "wins": wins(contest, told),
        "best": best_so_far(contest, told, at=[1, pictures // 2, pictures]),
        "hacking": hacking(contest, told),
    }


def in_words(name: str, tables: Mapping[str, pd.DataFrame]) -> str:
    """All tables as Markdown; the power of the comparison first."""
    shown = (f"{key}\n\n{table.round(4).to_string(index=False)}" for key, table in tables.items())
    return "\n\n".join([f"# {name}", *shown])


def _document(
    tables: Mapping[str, pd.DataFrame], options: Any, entered: Mapping[str, Any], samples: int
) -> dict[str, Any]:
    """What notebook 06 quotes: the command, and every table by rows."""
    limit = f" --limit {options.limit}" if options.limit else ""
    rows = {name: json.loads(table.to_json(orient="records", double_precision=6)) for name, table in tables.items()}
    flags = f"--contest {options.contest} --pictures {options.pictures}{limit}"
    return {
        "command": f"python tests/benchmarks/search_bench.py {flags}",
        "samples": samples,
        "pictures": options.pictures,
        "seed": SEED,
        "settings": dict(entered),
        "tables": rows,
    }


def _write(file: Path, contest: str, document: dict[str, Any]) -> None:
    """Beside what the file holds of other contests."""
    others = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**others, contest: document}, indent=1) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--manifest", type=Path, default=MANIFEST)
    parser.add_argument("--split", default="reporting")
    parser.add_argument("--limit", type=int, default=0, help="samples, evenly taken; 0: all")
    parser.add_argument("--pictures", type=int, default=8, help="of each strategy and sample")
    parser.add_argument("--contest", choices=CONTESTS, default="search")
    parser.add_argument("--runs", type=Path, default=Path("runs/search-bench"))
    parser.add_argument("--write", type=Path, help="the tables as JSON")
    return parser


if __name__ == "__main__":
    try:
        main()
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
