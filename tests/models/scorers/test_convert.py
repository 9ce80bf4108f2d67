"""Published state dicts become folders, and what is none is refused."""

import json
import re
import subprocess
import sys

import numpy as np
import published
import pytest
from safetensors.torch import load_file, save_file

from tryon_core.models.hub.weights import find
from tryon_core.models.scorers import convert

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")


@pytest.fixture
def files(tmp_path):
    """Of AlexNet and its heads, as the published ones are laid out."""
    torch.save(published.backbone("alex"), tmp_path / "alexnet.pth")
    torch.save(published.heads("alex"), tmp_path / "alex.pth")
    return tmp_path


def converted(files, name="lpips-alex", backbone="alexnet.pth", heads="alex.pth", output="made"):
    given = {"--backbone": backbone, "--heads": heads, "--output": output}
    arguments = [each for option, file in given.items() if file for each in (option, str(files / file))]
    return convert.main([name, *arguments])


def test_a_converted_folder_holds_what_is_used(files, capsys):
    assert converted(files) == 0
    assert "lpips-alex: written to" in capsys.readouterr().out
    tensors = load_file(files / "made/model.safetensors")
    assert torch.equal(tensors["features.3.weight"], published.backbone("alex")["features.3.weight"])
    assert torch.equal(tensors["lin4.weight"], published.heads("alex")["lin4.model.1.weight"])
    assert len(tensors) == 15 and find("lpips-alex", str(files / "made")).folder == files / "made"


def test_the_files_digests_are_kept(files):
    converted(files)
    sources = json.loads((files / "made/config.json").read_text())["sources"]
    assert list(sources) == ["alexnet.pth", "alex.pth"] and all(len(digest) == 64 for digest in sources.values())


def test_safetensors_are_taken_too(files):
    save_file(published.backbone("alex"), files / "alexnet.safetensors")
    assert converted(files, backbone="alexnet.safetensors") == 0


def test_batch_norms_are_folded_into_convolutions(files):
    state = published.inception()
    torch.save(state, files / "inception.pth")
    assert converted(files, "inception-fid", "inception.pth", heads=None) == 0
    tensors, layer = load_file(files / "made/model.safetensors"), "Mixed_6b.branch7x7_2"
    seen = torch.from_numpy(np.random.RandomState(0).standard_normal((2, 128, 9, 9)).astype(np.float32))
    norm = [state[f"{layer}.bn.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
    plain = torch.nn.functional.conv2d(seen, state[f"{layer}.conv.weight"], padding=(0, 3))
    expected = torch.nn.functional.batch_norm(plain, *norm, eps=0.001)
    folded = torch.nn.functional.conv2d(seen, tensors[f"{layer}.weight"], tensors[f"{layer}.bias"], padding=(0, 3))
    assert torch.allclose(folded, expected, atol=1e-5)
    assert not any(key.startswith("fc.") for key in tensors)


def test_code_in_a_pickle_is_never_run(files, capsys):
    class Opening:
        def __reduce__(self):
            return (open, (str(files / "was_run"), "w"))

    torch.save({"lin0.model.1.weight": Opening()}, files / "alex.pth")
    assert converted(files) == 1
    assert "cannot be read as weights alone" in capsys.readouterr().err
    assert not (files / "was_run").exists() and not (files / "made").exists()


@pytest.mark.parametrize(
    ("saved", "sentence"),
    [
        (
            {"lin0.model.1.weight": torch.ones(1, 64, 1, 1)},
            "there is no 'lin1.model.1.weight' in .*alexnet.pth, .*alex.pth; see",
        ),
        (torch.ones(3), "alex.pth is no state dict of tensors by name"),
        (published.heads("vgg"), "lin1 weighs 128 channels and features.3 gives 192; give heads of this backbone"),
    ],
)
def test_another_network_s_file_is_refused(files, capsys, saved, sentence):
    torch.save(saved, files / "alex.pth")
    assert converted(files) == 1
    error = capsys.readouterr().err
    assert error.startswith("BadInput: ") and len(error.splitlines()) == 1
    assert re.search(sentence, error)


def test_torchvision_s_own_inception_is_refused(files, capsys):
    state = published.inception() | {"Mixed_5b.branch_pool.conv.weight": torch.ones(48, 192, 1, 1)}
    torch.save(state, files / "inception.pth")
    assert converted(files, "inception-fid", "inception.pth", heads=None) == 1
    assert "Mixed_5b.branch_pool.conv.weight is (48, 192, 1, 1) and InceptionV3's is (32," in capsys.readouterr().err


def test_what_is_missing_or_there_already_is_a_sentence(files, capsys):
    assert converted(files, heads=None) == 1
    assert "lpips-alex is made of --backbone and --heads, got --backbone" in capsys.readouterr().err
    assert converted(files, backbone="nowhere.pth") == 1
    assert "MissingWeights: there is no file" in capsys.readouterr().err
    (files / "made").mkdir()
    assert converted(files) == 1
    assert "made is there already; give a new folder" in capsys.readouterr().err


def test_the_command_lists_its_recipes():
    command = [sys.executable, "-m", "tryon_core.models.scorers.convert", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert all(name in shown for name in convert.RECIPES)
