"""Where a large model's files are found, and what is said where they are not."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_hub import COMMIT, FakeHub

from tryon_core import models
from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models.hub import weights
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


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """(role, what to do to a copy of its toy's folder) -> the copy"""

    def copy(role, *removed, **written):
        folder = tmp_path_factory.mktemp(role) / "copy"
        shutil.copytree(toy_folder(FAMILIES[role]), folder)
        for name in removed:
            (folder / name).unlink()
        for name, text in written.items():
            (folder / f"{name}.json").write_text(text)
        return str(folder)

    return copy


FAMILIES = {"generator": "flux2-klein", "judge": "qwen3-vl"}
NAMES = {"generator": "flux2-klein-4b", "judge": "qwen3-vl-8b"}


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        ("generator", "tokenizer/tokenizer.json"),  # without which the libraries take an empty one
        ("generator", "scheduler/scheduler_config.json"),
        ("generator", "transformer/diffusion_pytorch_model.safetensors"),
        ("judge", "tokenizer.json"),
        ("judge", "processor_config.json"),
    ],
)
def test_a_file_that_is_missing_in_a_folder_is_named(copies, role, missing):
    sentence = f"holds no {missing.replace('diffusion_pytorch_model', '.')}.*; give a folder that holds the whole of"
    with pytest.raises(MissingWeights, match=sentence):
        models.load(NAMES[role], role, weights=copies(role, missing))


@pytest.mark.parametrize(
    ("role", "file"), [("generator", "model_index"), ("judge", "config"), ("generator", "vae/config")]
)
def test_a_damaged_configuration_is_named(copies, role, file):
    with pytest.raises(MissingWeights, match=f"{file}.json is damaged; copy or download it again"):
        models.load(NAMES[role], role, weights=copies(role, **{file: "{"}), device="cpu")


def test_weights_of_another_class_are_refused(copies):
    with pytest.raises(BadInput, match="is a Flux2Klein and .* holds a FluxPipeline; give the folder of black-forest"):
        models.load(NAMES["generator"], weights=copies("generator", model_index='{"_class_name": "FluxPipeline"}'))
    with pytest.raises(BadInput, match="is a qwen3_vl and .* holds a qwen2_5_vl; give the folder of Qwen/"):
        models.load(NAMES["judge"], "judge", weights=copies("judge", config='{"model_type": "qwen2_5_vl"}'))


@pytest.mark.parametrize("kind", ["qwen3_vl_moe", "qwen3_vl_text"])
def test_a_name_that_only_begins_alike_is_refused(copies, kind):
    with pytest.raises(BadInput, match=f"is a qwen3_vl and .* holds a {kind}; give the folder of Qwen/"):
        models.load(NAMES["judge"], "judge", weights=copies("judge", config=f'{{"model_type": "{kind}"}}'))


def test_weights_that_think_first_are_refused(copies):
    folder = Path(copies("judge"))
    template = folder / "chat_template.jinja"
    thinks = template.read_text().replace("assistant\n{% endif %}", "assistant\n<think>\n{% endif %}")
    assert "<think>" in thinks
    template.write_text(thinks)
    with pytest.raises(BadInput, match="qwen3-vl-8b answers at once and .*copy holds weights that think first .-Think"):
        models.load(NAMES["judge"], "judge", weights=str(folder), device="cpu")
    template.write_text(thinks.replace("<think>\n", "<think>\n\n</think>\n\n"))  # a hybrid that is told not to
    assert models.load(NAMES["judge"], "judge", weights=str(folder), device="cpu")


@pytest.mark.parametrize(("role", "file"), [("judge", "model.safetensors"), ("generator", "vae/config.json")])
def test_a_link_without_its_file_is_named(copies, role, file):
    path = Path(copies(role)) / file
    path.unlink()
    path.symlink_to("../blobs/0123")
    with pytest.raises(
        MissingWeights, match=f"{file} is a link to ../blobs/0123, which is not there; download it again"
    ):
        models.load(NAMES[role], role, weights=str(path.parents[file.count("/")]))


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_file_that_cannot_be_read_is_named(copies, name):
    path = Path(copies("judge")) / name
    path.unlink()
    path.mkdir()
    with pytest.raises(MissingWeights, match=f"{name} cannot be read .Is a directory.; copy or download it again"):
        models.load(NAMES["judge"], "judge", weights=str(path.parent))


@pytest.mark.parametrize("place", ["~nobody-at-all/x", "x" * 5000, "/proc/1/root/nowhere"])
def test_an_impossible_place_is_a_sentence(place):
    with pytest.raises(MissingWeights, match="there is no (home )?folder"):
        models.load(NAMES["judge"], "judge", weights=place)


@pytest.mark.parametrize("value", [7, None, ["a"], "a\0b", True])
@pytest.mark.parametrize("option", ["weights", "revision"])
def test_a_place_is_text(option, value):
    with pytest.raises(BadInput, match=f"{option} (of|for) qwen3-vl-8b is text, got"):
        models.load(NAMES["judge"], "judge", **{option: value})


def test_pickled_weights_are_refused(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"x")
    with pytest.raises(BadInput, match="is a pickle and can run code"):
        models.load("flux2-klein-4b", weights=str(tmp_path))


def test_a_local_folder_has_no_revision():
    with pytest.raises(BadInput, match="is a folder here and has no revision 'v2'"):
        models.load("toy:flux2-klein-9b", revision="v2")


# ---- the hub, through its real client; its settings are read at import, hence another process ------------------------

TOKEN = "hf_secretsecretsecretsecretsecret"
CONFIGURATION = (
    *("scheduler/scheduler_config.json", "tokenizer/tokenizer.json"),
    *(f"{part}/config.json" for part in ("text_encoder", "transformer", "vae")),
)
WEIGHTS = (
    "text_encoder/model.safetensors",
    *(f"{part}/diffusion_pytorch_model.safetensors" for part in ("transformer", "vae")),
)
FILES = {
    "model_index.json": b'{"_class_name": "Flux2KleinPipeline"}',
    **dict.fromkeys(CONFIGURATION, b"{}"),
    **dict.fromkeys(WEIGHTS, b"weights"),
    "flux-2-klein.safetensors": b"the same again, in one file",
    "text_encoder/pytorch_model.bin": b"pickled",
    "vae/model.pt": b"pickled",
    "pipeline.py": b"code",
    "README.md": b"words",
}
FIND = "from tryon_core.models.hub.weights import find; print(find('flux2-klein-9b', revision={!r}).revision)"


def asked(home, url, *, token="", revision="", **more):
    """(what was printed, what was said on stderr) where the hub at `url` is asked for a model"""
    unset = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN")
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    environment |= {"HF_ENDPOINT": url, "HF_HOME": str(home), "HF_HUB_ETAG_TIMEOUT": "1", **more}
    environment |= {"HF_TOKEN": token} if token else {}
    told = [sys.executable, "-c", FIND.format(revision)]
    done = subprocess.run(told, env=environment, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.strip(), done.stderr


def test_a_branch_is_recorded_as_the_commit_it_was_and_found_again_without_the_hub(tmp_path):
    with FakeHub(FILES) as hub:
        assert asked(tmp_path, hub.url)[0] == COMMIT
    assert asked(tmp_path, "http://127.0.0.1:9", HF_HUB_OFFLINE="1")[0] == COMMIT


def test_only_configuration_and_the_components_safetensors_are_asked_for(tmp_path):
    with FakeHub(FILES) as hub:
        asked(tmp_path, hub.url)
    assert hub.asked_for() == {"model_index.json", *CONFIGURATION, *WEIGHTS}


def test_a_revision_that_was_given_is_the_one_asked_for(tmp_path):
    with FakeHub(FILES) as hub:
        asked(tmp_path, hub.url, revision="v1.1")
    assert "GET /api/models/black-forest-labs/FLUX.2-klein-9B/revision/v1.1" in hub.requests


@pytest.mark.parametrize(
    ("fault", "token", "sentence"),
    [
        ("gated, no token", "", "is gated and HF_TOKEN is not set; set it to a token of an account that accepted"),
        ("gated", TOKEN, "HF_TOKEN may not read .*; accept its licence .FLUX Non-Commercial License. on its page"),
        ("unknown", TOKEN, "the hub does not know black-forest-labs/FLUX.2-klein-9B for this HF_TOKEN; see that"),
        ("bad token", TOKEN, "the hub does not know .* for this HF_TOKEN; see that the token is valid"),
        ("no such revision", TOKEN, "has no revision 'main'; give a commit, tag or branch that it has"),
        ("broken", TOKEN, "cannot be downloaded: the hub answered 500; try again later, or give weights=FOLDER"),
        ("slow", TOKEN, "cannot be downloaded: the hub was not reached .ReadTimeout.; try again later"),
    ],
)
def test_each_way_the_hub_says_no_has_its_own_sentence_and_the_token_is_in_none(tmp_path, fault, token, sentence):
    with FakeHub(FILES, fault=fault) as hub:
        out, said = asked(tmp_path, hub.url, token=token)
    assert re.search(f"MissingWeights: flux2-klein-9b: .*{sentence}", said) and not out
    assert TOKEN not in said


def test_without_a_network_the_sentence_says_what_to_give(tmp_path):
    said = asked(tmp_path, "http://127.0.0.1:9")[1]
    assert "the hub was not reached (ConnectError); try again later, or give weights=FOLDER" in said


def test_a_token_is_sent_and_written_nowhere(tmp_path):
    with FakeHub(FILES) as hub:
        out, said = asked(tmp_path, hub.url, token=TOKEN)
    assert hub.tokens == {f"Bearer {TOKEN}"} and TOKEN not in out + said
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


def test_a_token_that_a_login_left_in_a_file_is_not_used(tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    with FakeHub(FILES) as hub:
        asked(tmp_path, hub.url)
    assert hub.tokens == {""}


def test_a_licence_that_forbids_commerce_is_said_once(tmp_path):
    load = (
        "from tryon_core.models.hub.weights import find\nfor size in ('9b', '9b', '4b'): find(f'flux2-klein-{size}', "
    )
    told = [sys.executable, "-c", f"{load}{str(toy_folder('flux2-klein'))!r})"]
    said = subprocess.run(told, capture_output=True, text=True, check=True).stderr
    where = "flux2-klein-9b: black-forest-labs/FLUX.2-klein-9B"
    assert said == f"{where} is under the FLUX Non-Commercial License and may not be used commercially\n"


def test_a_disk_that_is_too_small_is_told_before_anything_is_downloaded(tmp_path):
    with FakeHub(FILES, bloat=10**18) as hub:
        said = asked(tmp_path, hub.url)[1]
    assert re.search("flux2-klein-9b needs 9000000000 GB of disk and .* GB free", said)
    assert not hub.asked_for()


def test_offline_and_without_a_copy_the_sentence_says_what_to_give(tmp_path):
    said = asked(tmp_path, "http://127.0.0.1:9", HF_HUB_OFFLINE="1")[1]
    assert "is not in the hub's cache and HF_HUB_OFFLINE is set; give weights=FOLDER" in said
