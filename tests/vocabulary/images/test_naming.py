"""A picture's name is computed once, and never outlives its pixels, in whatever way they are written to."""

import copy
import hashlib
import pickle
import threading
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from tryon_core.images import decode, digest, from_png, to_png

NOISE = Image.effect_noise((80, 64), 80).convert("RGB")


def truly(picture):
    """The digest as it is computed, from a picture that remembers nothing."""
    head = f"{picture.mode} {picture.width}x{picture.height} ".encode()
    return hashlib.sha256(head + picture.tobytes()).hexdigest()


def test_names_are_those_of_earlier_runs():
    names = [digest(Image.new("RGB", (64, 80), "red")), digest(Image.new("L", (3, 2), 7))]
    assert names[0] == "c507cb92228f184f005a729c523eb27cc0845d8dfee6381a9aaefdbaed51290f"
    assert names[1] == "2994684e0bb2ea73a10fc88ea05c80a02ed37fa3d26281a59f47c7479d4c92c2"


@pytest.fixture
def tobytes_counted(monkeypatch):
    calls, original = [], Image.Image.tobytes
    monkeypatch.setattr(Image.Image, "tobytes", lambda self, *args: calls.append(1) or original(self, *args))
    return calls


@pytest.mark.parametrize("make", [NOISE.copy, lambda: decode(to_png(NOISE)), lambda: from_png(to_png(NOISE))])
def test_a_picture_is_hashed_once(tobytes_counted, make):
    picture = make()
    before = len(tobytes_counted)
    names = {digest(picture) for _ in range(20)}
    for read in (Image.Image.load, Image.Image.getbbox, lambda p: p.resize((9, 9)), lambda p: p.convert("L")):
        read(picture)
        names.add(digest(picture))
    assert len(names) == 1 and len(tobytes_counted) == before + 1
    assert names == {truly(NOISE)}


def alpha_composited(picture):
    rgba = picture.convert("RGBA")
    digest(rgba)
    rgba.alpha_composite(Image.new("RGBA", (9, 9), (0, 255, 0, 200)), (3, 3))
    return rgba


def with_palette(picture):
    few = picture.quantize(16)
    digest(few)
    few.putdata([1] * (80 * 64))
    return few


WAYS = {
    "paste": lambda p: p.paste("green", (0, 0, 9, 9)),
    "paste with a mask": lambda p: p.paste(Image.new("RGB", p.size, "red"), mask=Image.new("L", p.size, 99)),
    "putpixel": lambda p: p.putpixel((2, 3), (1, 2, 3)),
    "putdata": lambda p: p.putdata([(1, 2, 3)] * (p.width * p.height)),
    "putalpha": lambda p: p.putalpha(99),
    "thumbnail": lambda p: p.thumbnail((40, 40)),
    "thumbnail of the same size": lambda p: (p.thumbnail((80, 64)), p.putpixel((1, 1), (1, 2, 3))) and None,
    "draw": lambda p: ImageDraw.Draw(p).rectangle((1, 1, 9, 9), fill="green"),
    "flood": lambda p: ImageDraw.floodfill(p, (5, 5), (0, 255, 0)),
    "load": lambda p: p.load().__setitem__((4, 4), (1, 2, 3)),
    "frombytes": lambda p: p.frombytes(bytes(len(p.tobytes()))),
    "writing in place": lambda p: setattr(p, "readonly", 0) or p.putpixel((2, 3), (1, 2, 3)),
    "other pixels": lambda p: setattr(p, "im", Image.new("RGB", p.size).im),
    "alpha_composite": alpha_composited,
    "a palette": with_palette,
}


@pytest.mark.parametrize("write", WAYS.values(), ids=WAYS)
def test_writing_in_any_way_gives_another_name(write):
    picture = NOISE.copy()
    first = digest(picture)
    written = write(picture)
    picture = written if isinstance(written, Image.Image) else picture
    assert digest(picture) == truly(picture) != first
    picture.putpixel((0, 0), 0 if picture.mode == "P" else (9,) * len(picture.getbands()))
    assert digest(picture) == truly(picture)


def test_whoever_held_the_pixels_before_may_go_on_writing():
    picture = NOISE.copy()
    draw, access = ImageDraw.Draw(picture), picture.load()
    names = [digest(picture)]
    for write in (lambda: draw.line((0, 0, 50, 50), fill="red"), lambda: access.__setitem__((7, 7), (1, 2, 3))):
        write()
        names.append(digest(picture))
        assert names[-1] == truly(picture)
    assert len(set(names)) == 3


def test_an_access_that_was_kept_sees_and_writes_the_picture():
    picture = NOISE.copy()
    digest(picture)
    access = picture.load()
    picture.paste("green", (0, 0, 80, 64))
    assert access[3, 3] == (0, 128, 0)
    access[3, 3] = (1, 2, 3)
    assert picture.getpixel((3, 3)) == (1, 2, 3) and digest(picture) == truly(picture)
    assert picture.load()[4, 4] == (0, 128, 0)


def test_lent_memory_is_not_remembered():
    pixels = np.zeros((64, 80, 4), np.uint8)
    picture = Image.fromarray(pixels)
    first = digest(picture)
    pixels[:] = 200
    assert digest(picture) == truly(picture) != first
    grey = bytearray(80 * 64)
    lent = Image.frombuffer("L", (80, 64), grey, "raw", "L", 0, 1)
    before = digest(lent)
    grey[:] = bytes([9]) * len(grey)
    assert digest(lent) == truly(lent) != before


def test_copies_and_pickles_have_their_own_name():
    picture = NOISE.copy()
    name = digest(picture)
    for make in (lambda p: p.copy(), copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))):
        other = make(picture)
        assert digest(other) == name
        other.putpixel((0, 0), (1, 2, 3))
        assert digest(other) == truly(other) != name and digest(picture) == name == truly(picture)


def test_a_named_picture_works_like_any_other():
    picture = NOISE.copy()
    digest(picture)
    assert isinstance(picture, Image.Image) and picture.filter(ImageFilter.BLUR).size == (80, 64)
    assert picture == NOISE and NOISE == picture and picture != picture.rotate(180) and picture != "a picture"
    assert to_png(picture) == to_png(NOISE) and picture.rotate(90, expand=True).size == (64, 80)
    picture.close()
    with pytest.raises(ValueError, match="closed"):
        digest(picture)


def test_many_threads_get_one_name():
    picture, names = NOISE.resize((600, 600)), []
    threads = [threading.Thread(target=lambda: names.extend(digest(picture) for _ in range(50))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 400 and set(names) == {truly(picture)}


def test_a_second_naming_takes_no_time():
    picture = Image.effect_noise((768, 1024), 80).convert("RGB")
    digest(picture)
    began = time.thread_time()
    for _ in range(1000):
        digest(picture)
    assert time.thread_time() - began < 0.1  # seconds; a thousand hashes take one or two
