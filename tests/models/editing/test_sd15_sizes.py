"""What is decided for the published size of Stable Diffusion 1.5 on small cards; -s prints the table.

The weight files have the headers of the true shapes, their whole length, and nothing in it: the file system keeps a
hole.
"""

import os
import shutil

import pytest

from tryon_core.errors import BadInput
from tryon_core.models.device.options import PipelineOptions
from tryon_core.models.editing.controlnet import MAX_SIDE_PX, planned
from tryon_core.models.editing.sd15_memory import sd15_parts, variant_of
from tryon_core.speed.hollow import hollow_checkpoint

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")

COUNTED = {  # of the published checkpoints' own tensors
    "text_encoder": 123_060_480,
    "unet": 859_520_964,
    "vae": 83_653_863,
}
CONTROLNET = 361_279_120
CARDS_GB = (2, 3, 4, 6, 8, 24)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """(the base's folder with its safety checker beside it, a ControlNet's), in the published configurations"""
    place = tmp_path_factory.mktemp("sd15")
    base = hollow_checkpoint("sd15-controlnet", place / "base")
    hollow_checkpoint("sd15-control-pose", place / "net")
    shutil.copytree(base / "text_encoder", base / "safety_checker")  # any weights: they are not loaded
    yield base, place / "net"
    shutil.rmtree(place)


def chosen(folders, memory_gb, *, nets=1, **options):
    base, net = folders
    options = PipelineOptions(device="cuda", dtype="bfloat16", keep_gib=0.25, memory_gb=memory_gb, **options)
    return planned("sd15-controlnet", base, [net] * nets, options, MAX_SIDE_PX)


def policy(folders, memory_gb, **options):
    try:
        plan = chosen(folders, memory_gb, **options)
    except BadInput:
        return "refused"
    return f"{plan.policy} {plan.needed_bytes / 1e9:.1f}"


def test_the_published_tensors_are_counted(folders):
    base, net = folders
    parts = {part.name: part.count for part in sd15_parts(base, [net])}
    assert parts == COUNTED | {"unet": COUNTED["unet"] + CONTROLNET}
    assert variant_of(base) == variant_of(net) == "fp16"


def test_only_the_files_that_are_loaded_are_looked_at(folders, tmp_path):
    """A repository holds its weights in several formats; of those not wanted there may be the pointers alone."""
    base = tmp_path / "both"
    shutil.copytree(folders[0], base, copy_function=os.link)
    for other in ("diffusion_pytorch_model", "diffusion_pytorch_model.non_ema"):
        (base / f"unet/{other}.safetensors").write_text("version https://git-lfs.github.com/spec/v1")
    assert {part.name: part.count for part in sd15_parts(base, [])} == COUNTED


def test_four_gb_get_a_policy_that_fits(folders):
    plan = chosen(folders, 4)
    working = 2 * 3 * 256 * 768**2  # the VAE's three widest tensors in bfloat16
    on_the_card = 2 * (COUNTED["unet"] + CONTROLNET + COUNTED["vae"])  # a component at a time, the VAE at both ends
    assert plan.policy == "offload" and plan.needed_bytes == on_the_card + working + 2**28 < 4e9
    tiled = chosen(folders, 4, tiling=True)
    assert tiled.policy == "resident" and tiled.needed_bytes < 4e9  # all weights, and the VAE in tiles of 512


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["group", "group", "offload", "resident", "resident", "resident"]),
        ({"nets": 2}, ["group", "group", "group", "resident", "resident", "resident"]),
        ({"at_once": 4}, ["refused", "refused", "refused", "group", "resident", "resident"]),
    ],
    ids=["one at a time", "two ControlNets", "four at a time"],
)
def test_what_is_chosen_on_common_cards(folders, options, expected):
    found = [policy(folders, memory_gb, **options) for memory_gb in CARDS_GB]
    print(f"\n{options}", *(f"{card} GB {one}" for card, one in zip(CARDS_GB, found, strict=True)), sep="   ")
    assert [one.split()[0] for one in found] == expected
