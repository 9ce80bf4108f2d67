"""What a comparison of searches leaves beside its runs: a file per sample, and those of all."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..evaluation import held_out
from ..flows.searching.search_settings import Search
from ..models import load
from ..records import Measurement, SampleLine
from ..runs.reading import Run
from ..sources.listing import Listing
from ..storage.store import Store, open_store
from .compared_files import Scores, as_json, candidates, comparison
from .entrants import COMPARED

Row = dict[str, Any]


def write(
    runs: Mapping[str, Run], output: str, reported: Sequence[Any], listing: Listing, *, in_folders: bool
) -> list[Row]:
    """The files of every sample, then those of all.

    reported    scorers, by name or as they are, of what did not select
    listing     the samples, and lines that make none
    in_folders  whether each sample's file is in a folder of its name, else beside the others
    returns     what batch_results.json says
    """
    store, scores, selected = open_store(output), _scored(runs, reported), _selected(runs)
    config = {name: run.info.parameters["options"] for name, run in runs.items()}
    config["seed"] = runs[COMPARED[0]].info.parameters["seed"]
    results, rows = [], []
    for line in listing.lines:
        result, of_sample = _of_sample(line, runs, scores, selected, config)
        place = f"{line.sample_id}/" if in_folders else ""
        if "comparison" in result:
            _put(store, f"{place}comparison_results.json", as_json(result["comparison"]))
        results.append(result | {"output_dir": f"{output}/{place}".rstrip("/")})
        rows += of_sample
    results += [{"id": bad.key, "status": "failed", "error": bad.reason, "output_dir": None} for bad in listing.skipped]
    _put(store, "all_candidates.jsonl", "".join(as_json(row, indent=None) for row in rows))
    _put(store, "batch_results.json", as_json(results))
    return results


def _of_sample(
    line: SampleLine,
    runs: Mapping[str, Run],
    scores: Mapping[str, Mapping[tuple[str, int], Scores]],
    selected: Sequence[str],
    config: Mapping[str, Any],
) -> tuple[Row, list[Row]]:
    """(its entry in batch_results.json, its rows of all_candidates.jsonl)"""
    records = {name: next(iter(run.records_of([line.sample_id])), None) for name, run in runs.items()}
    drawn = {name: record for name, record in records.items() if record is not None and record.chosen is not None}
    rows = [{"strategy": name} | row for name, record in drawn.items() for row in candidates(name, runs[name], record)]
    for name in COMPARED:
        if name not in drawn:
            record = records[name]
            why = "it was not begun" if record is None else f"{record.outcome}: {record.reason or 'nothing was kept'}"
            return {"id": line.sample_id, "status": "failed", "error": f"{name}: {why}"}, rows
    of_both = {name: drawn[name] for name in COMPARED}
    held = {name: scores[name].get((line.sample_id, record.chosen), {}) for name, record in of_both.items()}
    document = comparison(of_both, runs, held, selected, config)
    return {"id": line.sample_id, "status": "ok", "comparison": document}, rows


def _scored(runs: Mapping[str, Run], reported: Sequence[Any]) -> dict[str, dict[tuple[str, int], dict[str, Any]]]:
    """Strategy -> (sample, step) -> what did not select: faces, words, and the true picture where there is one."""
    scorers = [load(scorer, role="scorer") if isinstance(scorer, str) else scorer for scorer in reported]
    scores: dict[str, dict[tuple[str, int], dict[str, Any]]] = {name: {} for name in COMPARED}
    for name, of_run in scores.items():
        for row in held_out(runs[name], scorers).itertuples() if scorers else ():
            value = row.reason or Measurement(value=row.value, unit=row.unit, better=row.better)
            of_run.setdefault((row.sample_id, row.step), {})[row.metric] = value
    return scores


def _selected(runs: Mapping[str, Run]) -> tuple[str, ...]:
    """Every metric that selected in one of the two that are compared."""
    options = [dict(runs[name].info.parameters["options"]) for name in COMPARED]
    names = [name for given in options for name in Search(**{**given, "budget": Search().budget}).selecting()]
    return tuple(dict.fromkeys(names))


def _put(store: Store, key: str, text: str) -> None:
    store.replace(key, text.encode(), store.version(key))
