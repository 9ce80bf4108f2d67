"""What of a picture file is used: its size, its coded pixels, its EXIF, its colour profile, its transparency.

Everything else in it (text, thumbnails, further frames, data of programs) is left out before a library sees the file,
so that nothing of that can end the reading, however damaged or large it is.
"""

from dataclasses import dataclass
from typing import Literal

from ..errors import BadPicture

MAX_PIXELS = 50_000_000  # 30,000 x 30,000 would take 2.7 GB as RGB
MOST_PARTS = 100_000  # segments or chunks of one file; 50 million pixels in chunks of 8 KB are 25,000
MAX_PROFILE_BYTES = 4 * 2**20  # of a colour profile; those of printing presses take up to 3 MB
MAX_EXIF_BYTES = 2**20  # of which the first hundred or so are looked at


class Damaged(Exception):
    """The file cannot be walked through; says why, for `problem` to make a sentence of."""

    advice = "give the whole file again"

    def problem(self, name: str, file_bytes: int) -> BadPicture:
        """What is raised of the file of this name."""
        return BadPicture(f"{name}: cut off or damaged ({file_bytes} bytes: {self}); {self.advice}")


class RareForm(Damaged):
    """The file may be whole, but few programs read its form."""

    def problem(self, name: str, file_bytes: int) -> BadPicture:
        return BadPicture(f"{name}: {self} ({file_bytes} bytes); save it anew as an ordinary JPEG or PNG")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """One picture of a file.

    kind     which library reads `body`
    size     (width, height) in pixels, as the header says
    body     a file of this one picture without anything beside it
    exif     from its TIFF header on, or empty; as it was found, so perhaps garbage
    profile  an ICC colour profile, or empty; as it was found
    clear    PNG's tRNS chunk: which colours are transparent; None without one
    bits     of a sample, where `clear` is given
    of       how many bytes the whole file has
    """

    kind: Literal["JPEG", "PNG", "WEBP"]
    size: tuple[int, int]
    body: bytes
    of: int
    exif: bytes = b""
    profile: bytes = b""
    clear: bytes | None = None
    bits: int = 8


def checked_size(size: tuple[int, int], name: str, min_side_px: int = 1) -> None:
    """Raises BadPicture for a picture that is too small or has more than MAX_PIXELS."""
    width, height = size
    if width * height > MAX_PIXELS or min(size) < min_side_px:
        raise BadPicture(
            f"{name}: {width} x {height} pixels; both sides must be at least {min_side_px} and "
            f"the whole at most {MAX_PIXELS // 1_000_000} million pixels: scale it"
        )


def whole_exif(block: bytes) -> bytes:
    """An EXIF block without the words some writers put in front of its TIFF header."""
    block = block[:MAX_EXIF_BYTES]
    while block.startswith(b"Exif\0"):
        block = block[6:]
    return block
