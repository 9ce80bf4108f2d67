"""Picture files put together by hand: chunks, segments and EXIF blocks as they are wanted, right or wrong."""

import io
import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encoded(picture, kind="PNG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def chunk(kind, data=b"", checksum=None):
    checksum = zlib.crc32(kind + data) if checksum is None else checksum
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png(samples, bits, colour_type, *before):
    """A PNG of whole samples: an array (H, W) or (H, W, channels), 1 to 16 bits each; `before` are chunks."""
    samples = np.asarray(samples)
    rows = samples.reshape(len(samples), -1)
    if bits == 16:
        packed = rows.astype(">u2").view(np.uint8)
    elif bits == 8:
        packed = rows.astype(np.uint8)
    else:
        digits = (rows[..., None] >> np.arange(bits - 1, -1, -1)) & 1
        packed = np.packbits(digits.reshape(len(rows), -1).astype(np.uint8), axis=1)
    lines = np.concatenate([np.zeros((len(rows), 1), np.uint8), packed], axis=1)
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], bits, colour_type, 0, 0, 0)
    return b"".join(
        [SIGNATURE, chunk(b"IHDR", header), *before, chunk(b"IDAT", zlib.compress(lines.tobytes())), chunk(b"IEND")]
    )


def with_chunks(data, *chunks):
    """A PNG with more chunks behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def with_segments(data, *segments):
    """A JPEG with more segments behind its start."""
    return data[:2] + b"".join(segments) + data[2:]


def with_profile(data, profile):
    """A JPEG with a colour profile in pieces of 65,519 bytes, the last piece first."""
    pieces = [profile[at : at + 65_519] for at in range(0, len(profile), 65_519)]
    parts = [
        segment(0xE2, b"ICC_PROFILE\0" + bytes([number, len(pieces)]) + piece)
        for number, piece in enumerate(pieces, start=1)
    ]
    return with_segments(data, *reversed(parts))


def exif(*entries, order="<", first=8, count=None):
    """A TIFF block of entries (tag, type, count, four bytes or a whole number)."""
    rows = b"".join(
        struct.pack(f"{order}HHI", tag, kind, many)
        + (value if isinstance(value, bytes) else struct.pack(f"{order}{'H' if kind in (3, 8) else 'I'}", value)).ljust(
            4, b"\0"
        )
        for tag, kind, many, value in entries
    )
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", first)
    count = len(entries) if count is None else count
    return head.ljust(first, b"\0") + struct.pack(f"{order}H", count) + rows + bytes(4)


def webp_with_exif(picture, block):
    return encoded(picture, "WEBP", lossless=True, exif=block)
