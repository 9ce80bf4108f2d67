"""The command that downloads, against a hub on loopback through the real client: what is said, refused and resumed."""

import inspect
import os
import subprocess
import sys

import pytest
from fake_hub import COMMIT, LARGE_BYTES, FakeHub

from tryon_core.models import download
from tryon_core.models.editing import controlnet
from tryon_core.models.specs import SPECS
from tryon_core.models.toy import toy_folder

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

TOKENS = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN")
MODEL, REPO = "qwen3-vl-4b", "Qwen/Qwen3-VL-4B-Instruct"
CLOSED = "flux2-klein-9b"
IMPATIENT = "import sys, time; time.sleep = lambda seconds: None; from tryon_core.models import download; "
IMPATIENT += "sys.exit(download.main(sys.argv[1:]))"  # the client's tries, without the 23 s that it waits between them


def files_of(family):
    folder = toy_folder(family)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def downloaded(home, url, *arguments, told=("-m", "tryon_core.models.download"), **more):
    """(exit status, what was printed, what was said on stderr)"""
    environment = {key: value for key, value in os.environ.items() if key not in TOKENS}
    environment |= {"HF_ENDPOINT": url, "HF_HOME": str(home), "HF_HUB_ETAG_TIMEOUT": "2", **more}
    command = [sys.executable, *told, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr


def kept(home, repo=REPO):
    folder = home / "hub" / f"models--{repo.replace('/', '--')}" / "snapshots" / COMMIT
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_size_licence_and_disk_are_said_and_the_whole_is_there(tmp_path):
    with FakeHub(files := files_of("qwen3-vl")) as hub:
        status, out, said = downloaded(tmp_path, hub.url, MODEL)
    size = sum(map(len, files.values())) / 1e6
    assert status == 0, said
    assert f"{MODEL}: {REPO} at {COMMIT[:12]}; {size:.3g} MB; licence: Apache-2.0" in out
    assert f"to download: {size:.3g} MB; free on the disk: " in out and f"{MODEL}: whole in " in out
    assert kept(tmp_path) == files


def test_a_token_of_the_file_reaches_the_hub_alone(tmp_path):
    (tmp_path / ".env").write_text(f"HF_TOKEN={(token := 'hf_of_the_file_0123456789')}\n")
    with FakeHub(files_of("qwen3-vl")) as hub:
        status, out, said = downloaded(tmp_path, hub.url, MODEL, TRYON_ENV_FILE=str(tmp_path / ".env"))
    assert status == 0 and hub.tokens == {f"Bearer {token}"} and token not in out + said


def test_what_is_here_is_not_downloaded_again(tmp_path):
    with FakeHub(files_of("qwen3-vl")) as hub:
        downloaded(tmp_path, hub.url, MODEL)
        before = len(hub.requests)
        status, out, _ = downloaded(tmp_path, hub.url, MODEL)
        again = [line for line in hub.requests[before:] if line.startswith("GET") and "/resolve/" in line]
    assert status == 0 and not again and "MB are here" in out and "to download" not in out


def test_a_connection_that_breaks_goes_on_where_it_stopped(tmp_path):
    files = files_of("qwen3-vl") | {"large.txt": bytes(range(256)) * (8 * LARGE_BYTES // 1024)}
    with FakeHub(files, fault="cut off") as hub:
        status, _, said = downloaded(tmp_path, hub.url, MODEL)
    assert status == 0, said
    (asked,) = hub.ranges
    assert int(asked.removeprefix("bytes=").partition("-")[0]) >= LARGE_BYTES and kept(tmp_path) == files


def test_a_download_that_broke_is_gone_on_with_file_by_file(tmp_path):
    files = files_of("qwen3-vl")
    with FakeHub(files, fault="gone") as hub:
        status, _, said = downloaded(tmp_path, hub.url, MODEL, told=("-c", IMPATIENT))
    there = kept(tmp_path)
    assert status == 1 and "cannot be downloaded: the hub answered 500" in said and 0 < len(there) < len(files)
    with FakeHub(files) as hub:
        status, out, said = downloaded(tmp_path, hub.url, MODEL)
        fetched = {line.split(f"/resolve/{COMMIT}/")[1] for line in hub.requests if line.startswith("GET /Q")}
    assert status == 0 and kept(tmp_path) == files and "are here" in out
    assert fetched == files.keys() - there.keys()


def test_loading_goes_on_with_a_broken_download_too(tmp_path):
    files = files_of("qwen3-vl")
    find = f"from tryon_core.models.hub.weights import find; print(find({MODEL!r}).revision)"
    with FakeHub(files, fault="gone") as hub:
        downloaded(tmp_path, hub.url, MODEL, told=("-c", IMPATIENT))
    with FakeHub(files) as hub:
        _, out, said = downloaded(tmp_path, hub.url, told=("-c", find))
    assert out.strip() == COMMIT and kept(tmp_path) == files, said


def test_a_licence_that_is_not_open_is_accepted_by_name_before_anything_comes(tmp_path):
    with FakeHub(files_of("flux2-klein")) as hub:
        status, out, said = downloaded(tmp_path, hub.url, CLOSED)
        assert (
            status == 1 and f"licence of {CLOSED} is not open; read it on the hub, then add --accept {CLOSED}" in said
        )
        assert "FLUX Non-Commercial License" in out and not hub.asked_for()
        status, _, said = downloaded(tmp_path, hub.url, CLOSED, "--accept", CLOSED)
    assert status == 0, said


def test_several_names_are_checked_before_the_first_is_downloaded(tmp_path):
    with FakeHub(files_of("qwen3-vl"), bloat=10**18) as hub:
        status, out, said = downloaded(tmp_path, hub.url, MODEL, "qwen3-vl-8b")
    assert status == 1 and f"{MODEL} and qwen3-vl-8b needs " in said and "GB of disk" in said and not hub.asked_for()
    assert out.count("licence: Apache-2.0") == 2


def test_what_a_model_loads_beside_it_comes_with_it(tmp_path):
    with FakeHub(files_of("sd15"), bloat=10**18) as hub:
        status, out, said = downloaded(tmp_path, hub.url, "sd15-controlnet", "sd15-controlnet")
    assert status == 1 and "sd15-controlnet and sd15-control-pose needs " in said and not hub.asked_for()
    defaults = [inspect.signature(controlnet.build).parameters["controlnets"].default]
    assert SPECS["sd15-controlnet"].beside == tuple(f"sd15-control-{kind}" for kind in defaults)


def test_what_is_converted_comes_with_what_is_not(tmp_path):
    with FakeHub(files := files_of("clip")) as hub:
        status, out, said = downloaded(tmp_path, hub.url, "aesthetic")
    assert status == 0, said
    assert "aesthetic is not on the hub: get its files from " in out and "clip: whole in " in out
    assert kept(tmp_path, SPECS["clip"].repo) == files


def test_offline_it_is_a_sentence(tmp_path):
    status, _, said = downloaded(tmp_path, "http://127.0.0.1:9", MODEL, HF_HUB_OFFLINE="1")
    assert status == 1 and "qwen3-vl-4b: HF_HUB_OFFLINE is set and the hub is not asked; unset it" in said
    status, _, said = downloaded(tmp_path, "http://127.0.0.1:9", MODEL)
    assert status == 1 and "the hub was not reached (ConnectError); try again later" in said


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("toy:qwen3-vl-4b", "made here at its first use; there is nothing to download"),
        ("gemini", "is asked at Google: there is nothing to download; set GEMINI_API_KEY"),
        (
            "lpips",
            "lpips is not on the hub: get its files from richzhang/PerceptualSimilarity on GitHub, then `python -m",
        ),
        ("warp", "is embedded: what it needs beside the package comes by `python -m tryon_core.models.embedded.fetch`"),
    ],
)
def test_what_is_not_on_the_hub_is_answered_with_a_sentence(name, sentence, capsys):
    assert download.main([name]) == 0 and sentence in capsys.readouterr().out


def test_a_name_that_is_none_has_its_nearest(capsys):
    assert download.main(["qwen3-vl-4"]) == 1
    assert "no model to download is called 'qwen3-vl-4'. Did you mean 'qwen3-vl-4b'?" in capsys.readouterr().err


def test_a_family_member_comes_with_what_shows_it_garments(tmp_path):
    """By its other name too; all licences are asked for first."""
    assert download._spec("flux1") == SPECS["flux1-dev"]
    with FakeHub(files_of("flux1-fill")) as hub:
        status, out, said = downloaded(tmp_path, hub.url, "flux1-fill", "--accept", "flux1-fill")
    assert status == 1 and "FLUX.1-Redux-dev" in out
    assert "--accept flux1-redux" in said and "--accept flux1-fill" not in said
