"""A folder as it is published, written by an older transformers with torchvision, draws what the toy's own draws."""

import json
import shutil
from dataclasses import replace

import pytest
from asked_of_qwen_image import NAMES, asked, toy
from klein import apart

from tryon_core import models
from tryon_core.models.toy import toy_folder

safetensors = pytest.importorskip("safetensors.torch", reason="torch is not installed; run make setup")

OLDER = {"model.language_model.": "model.", "model.visual.": "visual."}  # how its weights are called


@pytest.fixture
def published(tmp_path):
    folder = tmp_path / "published"
    shutil.copytree(toy_folder(NAMES[0]), folder)
    _older_processor(folder / "processor")
    _older_text_encoder(folder / "text_encoder")
    return folder


def _older_processor(folder):
    looks = json.loads((folder / "processor_config.json").read_text())["image_processor"]
    older = {"image_processor_type": "Qwen2VLImageProcessorFast", "processor_class": "Qwen2_5_VLProcessor"}
    (folder / "processor_config.json").unlink()
    (folder / "preprocessor_config.json").write_text(json.dumps(looks | older))
    (folder / "video_preprocessor_config.json").write_text('{"video_processor_type": "Qwen2VLVideoProcessor"}')


def _older_text_encoder(folder):
    config = json.loads((folder / "config.json").read_text())
    text = config.pop("text_config")
    rope = text.pop("rope_parameters")
    older = {"model_type": "qwen2_5_vl", "rope_theta": rope["rope_theta"], "transformers_version": "4.53.1"}
    scaling = {"mrope_section": rope["mrope_section"], "rope_type": "default", "type": "default"}
    (folder / "config.json").write_text(json.dumps(text | config | older | {"rope_scaling": scaling}))
    (file,) = folder.glob("*.safetensors")
    weights = safetensors.load_file(file)
    for new, old in OLDER.items():
        weights = {name.replace(new, old): weight for name, weight in weights.items()}
    safetensors.save_file(weights, file, metadata={"format": "pt"})


def test_a_folder_as_it_is_published_draws_the_same(published, caplog):
    qwen = models.load(NAMES[0], device="cpu", weights=str(published))
    assert qwen.card.kind == "real" and not [said for said in caplog.messages if "torchvision" in said]
    qwen.kind = replace(qwen.kind, drawn_px=toy().kind.drawn_px)
    assert apart(qwen(asked()), toy()(asked())) == 0
