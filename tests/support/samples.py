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


def line(sample_id="a", **changes) -> str:
    """A line of a manifest, as text."""
    return json.dumps({"sample_id": sample_id, "person": "p.png", "garment": "g.png", **changes})


def parsed(text: str | bytes) -> Listing:
    """A manifest whose pictures may have any name."""
    return manifest.parse(text if isinstance(text, bytes) else text.encode(), "m.jsonl", lambda name: name)
