"""Pictures that are missing, cut off, changed, tiny or huge: one sentence each, with the file's name."""

import hashlib
import os

import pytest
from PIL import Image
from samples import encoded, png_that_claims

from tryon_core.errors import BadPicture, StorageError
from tryon_core.records import SampleLine
from tryon_core.sources import loading as pictures

NOISE = Image.effect_noise((400, 300), 90).convert("RGB")


def load(folder, data, sha256=None, **named):
    (folder / "g.png").write_bytes(encoded())
    if data is not None:
        (folder / "p.png").write_bytes(data)
    named = {"person": "p.png", "garment": "g.png"} | named
    return pictures.load(SampleLine(sample_id="a", pictures=named, sha256=sha256 or {}), folder)


@pytest.mark.parametrize(
    "data, words",
    [
        (png_that_claims(30_000, 30_000), "p.png: .*pixels"),
        (png_that_claims(8_000, 8_000), "p.png: 8000 x 8000 pixels"),
        (encoded(size=(63, 500)), "p.png: 63 x 500 pixels; both sides must be at least 64"),
        (png_that_claims(500, 500), "p.png: cut off or damaged"),
        (b"", "p.png: no JPEG, PNG or WebP picture, or cut off .0 bytes."),
        (b"<html>not found</html>", "p.png: no JPEG, PNG or WebP picture"),
        (encoded(kind="GIF"), "p.png: no JPEG, PNG or WebP picture"),
    ],
)
def test_an_unusable_picture_is_named(tmp_path, data, words):
    with pytest.raises(BadPicture, match=words) as caught:
        load(tmp_path, data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_download_is_refused(tmp_path, kind):
    NOISE.save(tmp_path / "whole", kind)
    whole = (tmp_path / "whole").read_bytes()
    assert load(tmp_path, whole).images["person"].size == (400, 300)
    with pytest.raises(BadPicture, match=f"p.png: (cut off or|no JPEG, PNG or WebP).*{len(whole) // 2} bytes"):
        load(tmp_path, whole[: len(whole) // 2])


def test_a_file_with_another_digest_is_refused(tmp_path):
    digest = hashlib.sha256(encoded("red")).hexdigest()
    assert load(tmp_path, encoded("red"), sha256={"person": digest}).images["person"].getpixel((0, 0)) == (255, 0, 0)
    with pytest.raises(BadPicture, match=f"p.png: not the file the manifest names .*expected {digest[:12]}"):
        load(tmp_path, encoded("green"), sha256={"person": digest})


def test_missing_files_folders_and_pipes_are_refused(tmp_path):
    with pytest.raises(StorageError, match="p.png: cannot be read .No such file or directory.; put the file there"):
        load(tmp_path, None)
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("pipe.png", "."):
        with pytest.raises(StorageError, match="a folder or a device; name a file"):
            load(tmp_path, encoded(), person=name)


def test_a_huge_file_is_never_read(tmp_path):
    with open(tmp_path / "huge.png", "wb") as file:
        file.truncate(300 * 2**20)  # takes no space
    with pytest.raises(BadPicture, match="huge.png: 314572800 bytes; at most 268435456 are read"):
        load(tmp_path, encoded(), person="huge.png")


def test_a_kept_listing_stays_inside_too(tmp_path):
    folder = tmp_path / "m"
    folder.mkdir()
    with pytest.raises(BadPicture, match="leads out of its folder"):
        load(folder, encoded(), person="../p.png")
    with pytest.raises(BadPicture, match="a relative name, but no folder it could start from"):
        pictures.load(SampleLine(sample_id="a", pictures={"init": "p.png"}), None)


def test_exif_turns_and_transparency_becomes_white(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # a camera held upright
    NOISE.save(tmp_path / "p.jpg", exif=exif)
    Image.new("RGBA", (80, 80), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    images = load(tmp_path, None, person="p.jpg", truth="clear.png").images
    assert images["person"].size == (300, 400) and images["truth"].getpixel((0, 0)) == (255, 255, 255)
