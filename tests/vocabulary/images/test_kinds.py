"""A file that is no JPEG, PNG or WebP is called what it is, by its content, and its owner is told what to do."""

import base64
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_files import encoded
from PIL import Image

from tryon_core.errors import BadPicture
from tryon_core.images import decode, read
from tryon_core.images.kinds import kind_of

PICTURE = Image.effect_noise((120, 90), 80).convert("RGB")


def brand(main, *others):
    body = main + bytes(4) + b"".join(others)
    return (len(body) + 8).to_bytes(4) + b"ftyp" + body + b"\0\0\0\x08mdat"


def archive(opened, name):
    out = io.BytesIO()
    with opened(out) as file:
        if isinstance(file, tarfile.TarFile):
            file.addfile(tarfile.TarInfo(name))
        else:
            file.writestr(name, b"x")
    return out.getvalue()


FILES = {  # what it is, what to do -> files
    ("a HEIC photo", "convert"): [
        brand(b"heic", b"mif1"),
        brand(b"mif1", b"miaf", b"heic"),
        brand(b"heix"),
        brand(b"msf1"),
    ],
    ("an AVIF picture", "convert"): [encoded(PICTURE, "AVIF"), brand(b"mif1", b"avif"), brand(b"avis")],
    ("a GIF picture", "convert"): [encoded(PICTURE, "GIF")],
    ("a TIFF picture", "export"): [encoded(PICTURE, "TIFF"), b"MM\0*" + bytes(90)],
    ("a BMP picture", "convert"): [encoded(PICTURE, "BMP")],
    ("a JPEG XL picture", "convert"): [b"\xff\x0a" + bytes(range(90)), b"\0\0\0\x0cJXL \r\n\x87\n"],
    ("a JPEG 2000 picture", "convert"): [encoded(PICTURE, "JPEG2000"), encoded(PICTURE, "JPEG2000", no_jp2=True)],
    ("a Photoshop document", "export"): [b"8BPS\0\1" + bytes(90)],
    ("an SVG drawing", "export"): [
        b"<svg xmlns='x'/>",
        b"<?xml version='1.0'?>\n<!-- a -->\n<svg/>",
        b"\xef\xbb\xbf <svg>",
    ],
    ("a PDF document", "export"): [b"%PDF-1.7\n%\xe2\xe3", encoded(PICTURE, "PDF")],
    ("an icon (ICO)", "photograph"): [encoded(PICTURE, "ICO")],
    ("a camera's raw file", "develop"): [
        brand(b"crx ", b"isom"),
        b"II*\0\x10\0\0\0CR\2\0" + bytes(90),
        b"FUJIFILMCCD-RAW 0201",
        b"IIU\0\x18",
    ],
    ("a video", "frame"): [
        brand(b"isom", b"mp41"),
        brand(b"qt  "),
        brand(b"M4V "),
        b"\x1aE\xdf\xa3\x9f",
        b"RIFF\xff\0\0\0AVI LIST",
    ],
    ("an archive", "unpack"): [
        archive(lambda f: zipfile.ZipFile(f, "w"), "a.jpg"),
        archive(lambda f: tarfile.open(fileobj=f, mode="w"), "a.jpg"),
        b"\x1f\x8b\x08\0abc",
    ],
    ("an HTML page", "browser"): [
        b"<!DOCTYPE html><p>",
        b"\n\n <html><body>404",
        b"<HTML>",
        "\ufeff<!doctype HTML>".encode("utf-16"),
        b"<!-- saved --><html>",
    ],
    ("an XML document", "server"): [
        b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        b"<Error><Code>NoSuchKey</Code></Error>",
    ],
    ("a JSON document", "server"): [b'{"error": "not found"}', b'[{"a": 1}]'],
    ("a git-lfs pointer", "git lfs pull"): [
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    ],
    ("a data URL", "decode"): [b"data:image/png;base64," + base64.b64encode(encoded(PICTURE))],
    ("a picture written as base64 text", "decode"): [
        base64.b64encode(encoded(PICTURE, kind)) for kind in ("PNG", "JPEG", "WEBP")
    ],
    ("plain text", "again"): [
        b"not a picture any more",
        "Größe: 30 %\n".encode(),
        ("é" * 700).encode(),
        b"x" + ("é" * 700).encode(),
    ],
    ("a file of zeros", "again"): [bytes(1), bytes(70_000)],
    ("a file of the operating system", "delete"): [b"\0\0\0\1Bud1\0\0\x10\0", b"\0\5\x16\7\0\2\0\0Mac OS X"],
    ("a PNG that was moved as text", "binary"): [
        encoded(PICTURE).replace(b"\r\n", b"\n"),
        encoded(PICTURE).decode("latin-1").encode(),
    ],
    ("a PPM picture", "convert"): [encoded(PICTURE, "PPM")],
    ("a NumPy array", "PNG"): [b"\x93NUMPY\1\0v\0"],
}
EACH = [(what, todo, data) for (what, todo), files in FILES.items() for data in files]


@pytest.mark.parametrize("what, todo, data", EACH, ids=[f"{what}-{i}" for i, (what, _, _) in enumerate(EACH)])
def test_a_file_of_another_kind_is_called_what_it_is(tmp_path, what, todo, data):
    (tmp_path / "p.png").write_bytes(data)
    with pytest.raises(BadPicture) as caught:
        read(tmp_path / "p.png")
    sentence = str(caught.value)
    assert f"p.png: no JPEG, PNG or WebP picture but {what} ({len(data)} bytes); " in sentence
    assert todo in sentence.rpartition(";")[2] and sentence.isprintable() and "whole file" not in sentence


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_wrong_name_does_not_matter(tmp_path, kind):
    (tmp_path / "p.heic").write_bytes(encoded(PICTURE, kind))
    assert read(tmp_path / "p.heic").size == (120, 90)


def test_an_empty_file_is_called_empty():
    with pytest.raises(BadPicture, match=r"cut off \(0 bytes\); the file is empty: copy or download it again"):
        decode(b"")


def test_bytes_of_no_known_kind_may_be_a_damaged_picture():
    for data in (bytes(range(1, 200)), encoded(PICTURE, "JPEG")[3:], b"RIFF\x10\0\0\0WAVE\xff\xfe\xfd"):
        with pytest.raises(BadPicture, match="no JPEG, PNG or WebP picture, or cut off .*; give the whole file"):
            decode(data)


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(str.encode), st.binary(max_size=99).map(b"RIFF".__add__)
    )
)
def test_any_bytes_have_a_kind_or_none(data):
    kind = kind_of(data)
    assert kind is None or (kind.what and kind.advice)
