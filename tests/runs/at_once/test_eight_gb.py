"""A run in one process of at most 8 GB: twenty samples at once, one of them a picture of 50 megapixels; -s prints."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tryon_core.images import MAX_PIXELS

MANIFESTS = Path(__file__).parents[3] / "data_manifests"
GB = 1e9
CHILD = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (8 * 10**9, 8 * 10**9))
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters

parameters = BatchParameters.checked(source=sys.argv[1], output=sys.argv[2], max_iterations=1, run={"workers": 20})
result = run_batch(parameters, progress=False)
outcomes = {record.sample_id: record.outcome for record in result.records}
peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"outcomes": outcomes, "steps": sum(len(record.steps) for record in result.records), "peak": peak}))
"""


@pytest.fixture
def manifest(tmp_path):
    """The 20 first demo samples in turns; the person of the last is enlarged to the most pixels that are taken."""
    lines = [json.loads(line) for line in (MANIFESTS / "people.jsonl").read_text().splitlines()][:20]
    for line in lines:
        line |= {role: str(MANIFESTS / line[role]) for role in ("person", "garment", "truth")}
    lines[0]["person"] = str(tmp_path / "large.jpg")
    del lines[0]["sha256"]
    person = Image.open(MANIFESTS / json.loads((MANIFESTS / "people.jsonl").read_text().splitlines()[0])["person"])
    factor = (MAX_PIXELS / (person.width * person.height)) ** 0.5
    large = person.convert("RGB").resize((int(person.width * factor), int(person.height * factor)))
    large.save(tmp_path / "large.jpg", quality=90)
    assert large.width * large.height > 0.99 * MAX_PIXELS
    path = tmp_path / "twenty.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.prove
def test_twenty_at_once_with_one_of_50_megapixels(manifest, tmp_path):
    command = [sys.executable, "-c", CHILD, str(manifest), str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=580)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    print(f"\npeak {told['peak'] / GB:.2f} GB; {told['steps']} attempts; {sorted(set(told['outcomes'].values()))}")
    assert len(told["outcomes"]) == 20 and "failed" not in told["outcomes"].values()
    assert told["steps"] == 20 and told["peak"] < 8 * GB
