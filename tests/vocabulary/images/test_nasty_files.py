"""A folder of files as people really have them: what can be used is, each other sample says why, the run goes on."""

import profiles
import pytest
from doubles import Painter, Scripted, run, scores
from picture_files import chunk, encoded, exif, png, segment, with_chunks, with_segments
from PIL import Image
from samples import png_that_claims

from tryon_core import open_source
from tryon_core.errors import BadPicture
from tryon_core.runs import stepping
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.view.tables import inventory

PHOTO = Image.effect_noise((80, 100), 80).convert("RGB")
JPEG = encoded(PHOTO, "JPEG", quality=90)
TURNED = exif((0x112, 3, 1, 6), (0x11A, 2, 3, b"72\0"))  # its resolution is a text
USED = {  # name of a file -> its bytes and its size as it is seen
    "turned.jpg": (with_segments(JPEG, segment(0xE1, b"Exif\0\0" + TURNED)), (100, 80)),
    "turned-too.png": (with_chunks(encoded(PHOTO), chunk(b"eXIf", TURNED)), (100, 80)),
    "broken-exif.jpg": (with_segments(JPEG, segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff")), (80, 100)),
    "deep.png": (png([[20_000] * 70] * 66, 16, 0), (70, 66)),
    "clear.png": (encoded(PHOTO.quantize(8), transparency=0), (80, 100)),
    "wide-colours.jpg": (encoded(PHOTO, "JPEG", icc_profile=profiles.rgb("display p3")), (80, 100)),
    "bad-profile.webp": (encoded(PHOTO, "WEBP", icc_profile=b"none"), (80, 100)),
    "workflow.png": (b"", (80, 100)),  # 70 MB of text, written where it is used
    "really-a-jpeg.png": (JPEG, (80, 100)),
}
UNUSABLE = {  # name of a file -> its bytes and a piece of the reason
    "phone.jpg": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(90), "a HEIC photo"),
    "page.jpg": (b"<!doctype html><title>404</title>", "an HTML page"),
    "pointer.png": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
    "half.jpg": (JPEG[: len(JPEG) // 2], "cut off or damaged"),
    "zeros.png": (bytes(5000), "a file of zeros"),
    "bomb.png": (png_that_claims(60_000, 60_000), "60000 x 60000"),
    "icon.png": (encoded(PHOTO.resize((32, 40))), "32 x 40 pixels; both sides must be at least 64"),
}


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / "set" / "easy" / "female"
    for name, (data, _) in {**USED, **UNUSABLE}.items():
        for role in ("initial_image", "cloth_image"):
            (top / role).mkdir(parents=True, exist_ok=True)
            named = name if role == "initial_image" else f"{name.rpartition('.')[0]}.png"
            (top / role / named).write_bytes(data if role == "initial_image" else encoded(PHOTO))
    texts = [chunk(b"tEXt", b"w\0" + bytes(2**20))] * 70
    (top / "initial_image/workflow.png").write_bytes(with_chunks(encoded(PHOTO), *texts))
    return tmp_path / "set"


def of(sample_id):
    """The file's name without its ending, of a sample's id."""
    return sample_id.removeprefix("easy-female-")


def named(files):
    return {name.rpartition(".")[0]: value for name, (_, value) in files.items()}


def test_a_batch_goes_through_a_folder_of_nasty_files(folder, tmp_path):
    painter = Painter()
    result = run(folder, tmp_path / "run", painter, Scripted(scores()))
    used = {of(one.sample_id) for one in result.records if one.outcome == "accepted"}
    reasons = {of(one.sample_id): one.reason for one in result.records if one.outcome == "unusable"}
    assert used | set(reasons) == {of(line.sample_id) for line in result.listing.lines}
    for name, words in named(UNUSABLE).items():
        assert words in reasons[name] and "\n" not in reasons[name], name
    assert used == set(named(USED)) and painter.requests
    kept = open_run(str(tmp_path / "run"))
    sizes = {of(one.sample_id): kept.picture(one.pictures["person"]).size for one in kept.records if one.pictures}
    assert sizes == named(USED)


def test_the_table_of_samples_names_the_same_ones(folder):
    source = open_source(str(folder))
    looked = inventory.look(source, source.listing().lines, progress=False)
    told = dict(inventory.unusable(looked).itertuples(index=False))
    assert {of(sample_id) for sample_id in told} == set(named(UNUSABLE))
    assert all(words in told[f"easy-female-{name}"] for name, words in named(UNUSABLE).items())


def test_stepping_one_of_them_says_why_in_a_sentence(folder, tmp_path):
    def begin(name):
        given = {"source": str(folder), "output": str(tmp_path / name), "sample": f"easy-female-{name}"}
        return stepping.begin(BatchParameters.checked(**given), generator=Painter(), judge=Scripted(scores()))

    assert begin("turned").sample.images["person"].size == (100, 80)
    with pytest.raises(BadPicture, match="phone.jpg: no JPEG, PNG or WebP picture but a HEIC photo"):
        begin("phone")
