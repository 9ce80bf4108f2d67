"""An edit by words, compared with Qwen-Image-Edit, CLIP and LPIPS as toys: the true classes, random weights."""

import json

import pytest
from doubles import cloth

from tryon_core.recipes import compare_search

TOYS = {"clip": "toy:clip", "lpips": "toy:lpips"}


def test_the_edit_potential_and_clip_select(tmp_path):
    cloth(size=(128, 128)).save(tmp_path / "bear.png")
    sizes = {"wide": 1, "parents": 1, "children": 1}
    done = compare_search(
        tmp_path / "bear.png",
        "make the bear wear a hat",
        output=tmp_path / "out",
        generator="toy:qwen-image-edit",
        models=TOYS,
        reported=(),
        **sizes,
    )
    options = done.results["config"]
    assert options["eacps"]["potential"] == "edit" and options["ttflux"]["metric"] == "prompt_following"
    compared = done.results["comparison"]
    assert (
        compared["clip_prompt_following"]["eacps"] is not None and compared["clip_prompt_following"]["winner"] is None
    )
    assert {"clip_consistency", "lpips"} <= set(compared) and done.results["eacps"]["kind"] == "toy"
    rows = [json.loads(line) for line in (tmp_path / "out/all_candidates.jsonl").read_text().splitlines()]
    eacps = [row for row in rows if row["strategy"] == "eacps"]
    sums = [row["clip_prompt_following"] + 10 * row["clip_consistency"] - 3 * row["lpips"] for row in eacps]
    assert [row["potential"] for row in eacps] == pytest.approx(sums) and len(sums) == 2
    assert eacps[0]["num_inference_steps"] and eacps[0]["true_cfg_scale"]
