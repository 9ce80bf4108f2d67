"""Small pictures and layouts for the tests of the sources."""

import io
import json
import struct
import zlib

from PIL import Image

from tryon_core.sources import Listing, manifest


def encoded(colour="teal", size=(80, 100), kind="PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def png_that_claims(width_px: int, height_px: int) -> bytes:
    """Some hundred bytes whose header promises any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(99))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


LAYOUT = {  # one sample with a true picture, one without, and six files that make none
    "easy/female/initial_image/12_partition_0_1.png": encoded("red"),
    "easy/female/cloth_image/12partition0_1_flat.JPG": encoded("green", kind="JPEG"),
    "easy/female/try_on_image/12_partition_0_1.webp": encoded("blue", kind="WEBP"),
    "hard/male/initial_image/tom.png": encoded("red"),
    "hard/male/cloth_image/tom.png": encoded("black"),
    "hard/male/cloth_image/tom.webp": encoded("white", kind="WEBP"),
    "hard/male/cloth_image/unworn.png": encoded(),
    "hard/male/cloth_image/notes.txt": b"x",
    "hard/male/masks/tom.png": encoded(),
    "expert/male/initial_image/tom.png": encoded(),
    "read.me": b"x",
}
SKIPPED = {  # of LAYOUT: first key -> a piece of the reason
    "hard/male/cloth_image/tom.webp": "pairs by the same id as tom.png",
    "hard/male/cloth_image/unworn.png": "no person with pairing id 'unworn' in hard/male",
    "hard/male/cloth_image/notes.txt": "not a picture (.txt)",
    "hard/male/masks/": "where initial_image or cloth_image or try_on_image is expected",
    "expert/": "where easy or medium or hard is expected",
    "read.me": "a file where only folders are expected",
}


# data sets of pairs, as they are handed out
VITON_HD = {
    "test_pairs.txt": b"01_00.jpg 02_00.jpg\n02_00.jpg 01_00.jpg\n",
    "train_pairs.txt": b"07_00.jpg 07_00.jpg\n",
    **{f"test/image/{n}_00.jpg": encoded(c, kind="JPEG") for n, c in (("01", "red"), ("02", "blue"))},
    **{f"test/cloth/{n}_00.jpg": encoded(c, kind="JPEG") for n, c in (("01", "white"), ("02", "black"))},
    "test/agnostic-v3.2/01_00.jpg": encoded("gray", kind="JPEG"),
    "test/agnostic-v3.2/02_00.jpg": encoded("gray", kind="JPEG"),
    "test/agnostic-mask/01_00_mask.png": encoded("white"),
    "test/agnostic-mask/02_00_mask.png": encoded("white"),
    "train/image/07_00.jpg": encoded(),
    "train/cloth/07_00.jpg": encoded(),
}
DRESSCODE = {
    f"{part}/images/{number}_{kind}.jpg": encoded()
    for part, numbers in (("upper_body", "35"), ("lower_body", "1"), ("dresses", "24"))
    for number in numbers
    for kind in (0, 1)
} | {
    "test_pairs_paired.txt": b"3_0.jpg 3_1.jpg 0\n5_0.jpg 5_1.jpg upper_body\n1_0.jpg\t1_1.jpg\t1\n2_0.jpg 2_1.jpg 2\n",
    "upper_body/test_pairs_unpaired.txt": b"3_0.jpg 5_1.jpg\n3_0.jpg 3_1.jpg\n\n",
    "dresses/test_pairs_unpaired.txt": b"4_0.jpg 2_1.jpg\n",
}


def laid_out(folder, files):
    for key, data in files.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(data)
    return folder


def line(sample_id="a", **changes) -> str:
    """A line of a manifest, as text."""
    return json.dumps({"sample_id": sample_id, "person": "p.png", "garment": "g.png", **changes})


def parsed(text: str | bytes) -> Listing:
    """A manifest whose pictures may have any name."""
    return manifest.parse(text if isinstance(text, bytes) else text.encode(), "m.jsonl", lambda name: name)
