"""Two runs of a search as the files of the published comparison: its fields, with what it left unsaid beside them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..records import Measurement
from ..runs.kept.keys import picture_key
from ..runs.reading import Run
from ..steps import SampleRecord, StepRecord

# As that project's read-me quotes tt-scale-flux: another benchmark and model, so no number here compares with it.
PAPER = {
    "benchmark": "DrawBench, FLUX.1-dev without search",
    "source": "tt-scale-flux, arXiv 2501.09732",
    "clip_score": 0.71,
    "aesthetic": 5.79,
    "image_reward": 0.97,
}
NAMES = {"prompt_following": "clip_prompt_following"}  # ours -> the reference's, where they differ
ALWAYS = ("clip_prompt_following", "clip_consistency", "lpips")  # stand in every row, null where not scored
Scores = Mapping[str, Measurement | str]  # metric -> number, or the reason why there is none


def comparison(
    records: Mapping[str, SampleRecord],
    runs: Mapping[str, Run],
    held_out: Mapping[str, Scores],
    circular: Sequence[str],
    config: Mapping[str, Any],
) -> dict[str, Any]:
    """comparison_results.json of one sample.

    records   'ttflux' and 'eacps' -> its record, which keeps a picture
    runs      the same -> the run
    held_out  the same -> what did not select, of the picture that it keeps
    circular  metrics that selected in one of them: they have numbers and no winner
    """
    line = records["eacps"].line
    scored = {name: {**_kept(each).scores, **held_out[name]} for name, each in records.items()}
    ttflux, eacps = (_method(name, runs[name], records[name], scored[name]) for name in ("ttflux", "eacps"))
    places = [row["image_path"] for row in ttflux["all_candidates"]]
    return {
        "input_image": line.pictures.get("init", line.pictures.get("person")),
        "prompt": line.wish,
        "ttflux_paper_reference": PAPER,
        "ttflux": {**ttflux, "best_candidate_idx": places.index(ttflux["image_path"])},
        "eacps": eacps,
        "comparison": _compared(scored, circular),
        "config": dict(config),
    }


def _compared(scored: Mapping[str, Scores], circular: Sequence[str]) -> dict[str, Any]:
    """metric -> both numbers, their difference and the winner, by the metric's own direction."""
    rows = {}
    for name in dict.fromkeys([*scored["ttflux"], *scored["eacps"]]):
        both = [scored[method].get(name, "not scored") for method in ("ttflux", "eacps")]
        row: dict[str, Any] = {method: _number(value) for method, value in zip(("ttflux", "eacps"), both, strict=True)}
        reasons = [value for value in both if isinstance(value, str)]
        if reasons:
            row |= {"delta": None, "winner": None, "why": reasons[0]}
        else:
            delta = both[1].value - both[0].value
            gain = -delta if both[1].better == "lower" else delta
            winner = "tie" if delta == 0 else "eacps" if gain > 0 else "ttflux"
            row |= {"delta": delta, "better": both[1].better, "winner": None if name in circular else winner}
        if name in circular:
            row["why"] = "it selected, so it cannot report"
        rows[NAMES.get(name, name)] = row
    return rows


def _method(name: str, run: Run, record: SampleRecord, scores: Scores) -> dict[str, Any]:
    kept = _kept(record)
    return {
        "method": run.info.parameters["options"]["strategy"],
        "model": run.info.models["generator"].name,
        "kind": run.info.models["generator"].kind,
        "image_path": _image(name, kept),
        "metrics": {NAMES.get(metric, metric): _number(value) for metric, value in scores.items()},
        "all_candidates": list(candidates(name, run, record)),
    }


def candidates(name: str, run: Run, record: SampleRecord) -> Iterator[dict[str, Any]]:
    """Rows of all_candidates.jsonl, in the order drawn; the winner's also says how many there were."""
    chosen = _kept(record).number
    card, drawn = run.info.models["generator"], [step for step in record.steps if step.stage != "chosen"]
    for step in drawn:
        noise, settings = step.request["noise"], step.request["settings"]
        parent = record.steps[step.parent - 1].request["noise"] if step.parent else None
        scored = {NAMES.get(metric, metric): value for metric, value in step.scores.items()}
        yield {
            "phase": "stage2" if step.parent else "stage1",
            "id": record.sample_id,
            "prompt": step.request["prompt"],
            "image_path": _image(name, step),
            "seed": noise["seed"],
            "noise_steps": noise["steps"],
            **({"parent_seed": parent["seed"]} if parent else {}),
            "model_id": card.source or card.name,
            "num_inference_steps": settings["steps"] or card.settings.get("steps"),
            "true_cfg_scale": settings["guidance"] or card.settings.get("guidance"),
            **dict.fromkeys(ALWAYS),
            **{metric: _number(value) for metric, value in scored.items()},
            "unscored": {metric: value for metric, value in scored.items() if isinstance(value, str)},
            "potential": step.data.get("potential"),
            **({"total_candidates": len(drawn)} if step.number == chosen else {}),
        }


def _kept(record: SampleRecord) -> StepRecord:
    step = record.steps[record.chosen - 1]
    return record.steps[step.parent - 1] if step.stage == "chosen" else step


def _image(name: str, step: StepRecord) -> str:
    """Relative to the output: the run of each strategy lies there under the strategy's name."""
    return f"{name}/{picture_key(step.picture)}"


def _number(value: Measurement | str) -> float | None:
    return None if isinstance(value, str) else value.value


def as_json(document: Any, indent: int | None = 1) -> str:
    return json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"
