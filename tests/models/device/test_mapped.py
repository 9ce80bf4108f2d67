"""Weights on a CPU: mapped from their file in its own format, so that they are read as they are used; -s prints."""

import json
import subprocess
import sys

import pytest

from tryon_core.speed.hollow import hollow_checkpoint

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

GB = 1e9
CHILD = """
import json, sys
from tryon_core.models import load
from tryon_core.models.device.held import weights_of

def taken():
    fields = dict(line.split()[:2] for line in open("/proc/self/smaps_rollup").readlines()[1:])
    return {name: 1024 * int(fields[name + ":"]) for name in ("Rss", "Pss", "Anonymous")}

import torch, transformers, diffusers
before = taken()
judge = load("qwen3-vl-4b", weights=sys.argv[1], device="cpu", dtype="bfloat16", keep_gib=0)
told = {"weights": sum(weights_of(judge).values()), "before": before, "loaded": taken()}
layers = judge.model.model.language_model.layers[:6]
told["used"] = sum(weight.nbytes for weight in layers.parameters() if weight.float().sum().item() == 0)
told["after"] = taken()
input(json.dumps(told) + "\\n")  # until the other has used them too
print(json.dumps(taken()))
"""


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """8.9 GB of zeros in bfloat16, which take no disk: the published shapes of the smallest judge."""
    return hollow_checkpoint("qwen3-vl-4b", tmp_path_factory.mktemp("hollow") / "qwen3-vl-4b")


def begun(*arguments):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-c", CHILD, *arguments], text=True, **pipes)


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.prove)])
def test_loading_takes_a_small_part_of_the_file_and_processes_share_what_they_use(checkpoint, processes):
    """What one process uses of the file is no memory of its own, so that a second one finds it there."""
    children = [begun(str(checkpoint)) for _ in range(processes)]
    told = [json.loads(child.stdout.readline()) for child in children]
    ends = [json.loads(child.communicate("\n", 60)[0].splitlines()[-1]) for child in children]
    for one in told:
        grown = {name: one["loaded"][name] - one["before"][name] for name in one["loaded"]}
        used = {name: one["after"][name] - one["loaded"][name] for name in one["loaded"]}
        print(f"\n{one['weights'] / GB:.2f} GB loaded: {grown['Rss'] / GB:.2f} GB resident;", end=" ")
        print(f"{one['used'] / GB:.2f} GB used: {used['Rss'] / GB:.2f} GB, of its own {used['Anonymous'] / GB:.2f}")
        assert grown["Rss"] < 0.05 * one["weights"] and one["weights"] > 8 * GB
        assert used["Rss"] > 0.9 * one["used"] > 0.9 * GB and used["Anonymous"] < 0.2 * one["used"]
    if processes > 1:
        shared = [end["Rss"] - end["Pss"] for end in ends]
        print(f"of its use each shares {shared[0] / GB:.2f} GB with the other")
        assert max(shared) > 0.4 * told[0]["used"]
