"""Where a large model's files are found, and what is said where they are not."""

import os
import subprocess
import sys

import pytest

from tryon_core import models
from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models import weights
from tryon_core.models.specs import SPECS
from tryon_core.models.toy import toy_folder

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")


def test_a_local_folder_in_the_hub_s_layout_is_loaded_by_the_model_s_own_name():
    klein = models.load("flux2-klein-9b", weights=str(toy_folder("flux2-klein")), dtype="float32", device="cpu")
    assert klein.card.kind == "real" and klein.card.licence == "FLUX Non-Commercial License"
    assert klein.card.revision.startswith("local-")


def test_another_byte_in_a_weight_file_is_another_revision(tmp_path):
    file = tmp_path / "model.safetensors"
    file.write_bytes(bytes(5_000_000))
    before = weights.local_revision(tmp_path)
    file.write_bytes(bytes(2_500_000) + b"x" + bytes(2_499_999))
    assert weights.local_revision(tmp_path) != before


def test_a_folder_that_is_not_there_or_holds_no_weights_is_named(tmp_path):
    with pytest.raises(MissingWeights, match="there is no folder '.*nowhere'"):
        models.load("flux2-klein-4b", weights=str(tmp_path / "nowhere"))
    with pytest.raises(MissingWeights, match="holds no .safetensors"):
        models.load("flux2-klein-4b", weights=str(tmp_path))


def test_pickled_weights_are_refused(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"x")
    with pytest.raises(BadInput, match="is a pickle and can run code"):
        models.load("flux2-klein-4b", weights=str(tmp_path))


def test_offline_and_without_a_copy_the_sentence_says_what_to_give(tmp_path):
    code = "from tryon_core import models; models.load('flux2-klein-9b')"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "is not in the hub's cache and HF_HUB_OFFLINE is set; give weights=FOLDER" in done.stderr


def test_a_disk_that_is_too_small_is_told_before_anything_is_downloaded():
    with pytest.raises(MissingWeights, match="needs 1000000000 GB of disk and .* GB free"):
        weights._check_space(SPECS["flux2-klein-9b"], 10**18)
