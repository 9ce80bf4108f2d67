"""What a file is that is no JPEG, PNG or WebP, told by its content and never by its name, and what to do with it."""

from typing import NamedTuple


class Kind(NamedTuple):
    """What the file is, as the end of 'no JPEG, PNG or WebP picture but ...', and what its owner should do."""

    what: str
    advice: str


_CONVERT = "convert it to JPEG or PNG"
_EXPORT = "export it as JPEG or PNG"
_FRAME = "save one frame of it as JPEG or PNG"
_UNPACK = "unpack it and name a picture"
_ADDRESS = "the address led to a page, not to a picture; open it in a browser and save the picture itself"
_ANSWER = "it may be a server's answer that no picture is there: open it in an editor, then fetch the picture again"
_ENCODED = "decode it to a picture file first"
_AGAIN = "copy or download the picture again"
_NAME_PICTURE = "name the picture itself"

HEIC, AVIF = Kind("a HEIC photo", _CONVERT), Kind("an AVIF picture", _CONVERT)
TIFF, VIDEO, ARCHIVE = Kind("a TIFF picture", _EXPORT), Kind("a video", _FRAME), Kind("an archive", _UNPACK)
RAW = Kind("a camera's raw file", "develop it and export it as JPEG")
JPEG_XL, JPEG_2000 = Kind("a JPEG XL picture", _CONVERT), Kind("a JPEG 2000 picture", _CONVERT)
SYSTEM = Kind("a file of the operating system", f"delete it or {_NAME_PICTURE}")
POSTSCRIPT = Kind("a PostScript file", _EXPORT)
MOVED_AS_TEXT = Kind("a PNG that was moved as text", "copy it again in binary mode")
BASE64 = Kind("a picture written as base64 text", _ENCODED)

_STARTS = (  # the longer first where one begins like another
    (b"\x89PNG", MOVED_AS_TEXT),
    (b"\xc2\x89PNG", MOVED_AS_TEXT),
    (b"\xef\xbf\xbdPNG", MOVED_AS_TEXT),
    (b"GIF8", Kind("a GIF picture", _CONVERT)),
    (b"II*\0\x10\0\0\0CR", RAW),
    (b"IIRO", RAW),
    (b"IIRS", RAW),
    (b"MMOR", RAW),
    (b"IIU\0", RAW),
    (b"FUJIFILMCCD-RAW", RAW),
    (b"FOVb", RAW),
    (b"\0MRM", RAW),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"II\xbc", Kind("a JPEG XR picture", _CONVERT)),
    (b"BM", Kind("a BMP picture", _CONVERT)),
    (b"\0\0\1\0", Kind("an icon (ICO)", "give a photograph")),
    (b"\0\0\2\0", Kind("a cursor (CUR)", "give a photograph")),
    (b"icns", Kind("an icon (ICNS)", "give a photograph")),
    (b"8BPS", Kind("a Photoshop document", _EXPORT)),
    (b"gimp xcf", Kind("a GIMP document", _EXPORT)),
    (b"\xff\x0a", JPEG_XL),
    (b"\0\0\0\x0cJXL ", JPEG_XL),
    (b"\0\0\0\x0cjP", JPEG_2000),
    (b"\xff\x4f\xff\x51", JPEG_2000),
    (b"\x76\x2f\x31\x01", Kind("an OpenEXR picture", _EXPORT)),
    (b"#?RADIANCE", Kind("a Radiance HDR picture", _EXPORT)),
    (b"DDS ", Kind("a DDS texture", _EXPORT)),
    (b"qoif", Kind("a QOI picture", _CONVERT)),
    (b"\x8aMNG", Kind("an MNG animation", _FRAME)),
    (b"P1\n", Kind("a PBM picture", _CONVERT)),
    (b"P2\n", Kind("a PGM picture", _CONVERT)),
    (b"P3\n", Kind("a PPM picture", _CONVERT)),
    (b"P4\n", Kind("a PBM picture", _CONVERT)),
    (b"P5\n", Kind("a PGM picture", _CONVERT)),
    (b"P6\n", Kind("a PPM picture", _CONVERT)),
    (b"\x93NUMPY", Kind("a NumPy array", "save it as PNG")),
    (b"%PDF", Kind("a PDF document", _EXPORT)),
    (b"%!PS", POSTSCRIPT),
    (b"\xc5\xd0\xd3\xc6", POSTSCRIPT),
    (b"PK\3\4", ARCHIVE),
    (b"PK\5\6", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
    (b"Rar!", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"\xfd7zXZ", ARCHIVE),
    (b"\x28\xb5\x2f\xfd", ARCHIVE),
    (b"\xd0\xcf\x11\xe0", Kind("an old Office or Windows file", _NAME_PICTURE)),
    (b"\x1aE\xdf\xa3", VIDEO),
    (b"FLV", VIDEO),
    (b"\0\0\1\xba", VIDEO),
    (b"\0\0\1\xb3", VIDEO),
    (b"OggS", VIDEO),
    (b"\0\0\0\1Bud1", SYSTEM),
    (b"\0\5\x16\7", SYSTEM),  # AppleDouble, the files named ._x
    (b"L\0\0\0\1\x14\2\0", Kind("a Windows shortcut", _NAME_PICTURE)),
)
_WITHIN = (  # where the mark stands
    (4, b"moov", VIDEO),
    (4, b"mdat", VIDEO),
    (4, b"wide", VIDEO),
    (8, b"AVI ", VIDEO),
    (257, b"ustar", ARCHIVE),
    (128, b"DICM", Kind("a DICOM file", _EXPORT)),
)
_BRANDS = (  # of ISO media files: behind 'ftyp', the main brand and those it is compatible with
    ((b"avif", b"avis"), AVIF),
    ((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), HEIC),
    ((b"crx ",), RAW),
    ((b"jp2 ", b"jpx "), JPEG_2000),
    ((b"jxl ",), JPEG_XL),
)
_WORDS = (  # how a text begins, in small letters
    ("version https://git-lfs.github.com/spec/", Kind("a git-lfs pointer", "run 'git lfs pull' in its repository")),
    ("<!doctype html", Kind("an HTML page", _ADDRESS)),
    ("<html", Kind("an HTML page", _ADDRESS)),
    ("<head", Kind("an HTML page", _ADDRESS)),
    ("<svg", Kind("an SVG drawing", _EXPORT)),
    ("<", Kind("an XML document", _ANSWER)),
    ("{", Kind("a JSON document", _ANSWER)),
    ("[{", Kind("a JSON document", _ANSWER)),
    ("data:", Kind("a data URL", _ENCODED)),
    ("/9j/", BASE64),
    ("ivborw0kggo", BASE64),
    ("uklgr", BASE64),
)
_SEEN_BYTES = 1024


def kind_of(data: bytes) -> Kind | None:
    """What the file is; None for no bytes, and for bytes that are nothing known, such as those of a damaged head."""
    if data and not data.strip(b"\0"):
        return Kind("a file of zeros", _AGAIN)
    if data[4:8] == b"ftyp":
        return _by_brand(data)
    within = next((kind for at, mark, kind in _WITHIN if data.startswith(mark, at)), None)
    return within or next((kind for start, kind in _STARTS if data.startswith(start)), None) or _by_words(data)


def _by_brand(data: bytes) -> Kind:
    head = data[: min(int.from_bytes(data[:4]), _SEEN_BYTES)]
    brands = {head[at : at + 4] for at in (8, *range(16, len(head), 4))}
    return next((kind for known, kind in _BRANDS if brands & set(known)), VIDEO)


def _by_words(data: bytes) -> Kind | None:
    """Of a text; None for what is none."""
    text = _text(data[:_SEEN_BYTES])
    if not text:
        return None
    words = text.lower().lstrip("\ufeff \t\r\n")
    if words.startswith(("<?xml", "<!--")):
        inner = next((kind for start, kind in _WORDS[1:5] if start in words), None)
        return inner or Kind("an XML document", _ANSWER)
    known = next((kind for start, kind in _WORDS if words.startswith(start)), None)
    return known or Kind("plain text", f"{_AGAIN}, or {_NAME_PICTURE}")


def _text(data: bytes) -> str | None:
    """Printable text in UTF-8 or, behind its mark, UTF-16; a letter cut in two at the end is left out."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        text = data[: len(data) // 2 * 2].decode(encoding) if encoding == "utf-16" else _utf8(data)
    except UnicodeDecodeError:
        return None
    return text if all(letter.isprintable() or letter in "\ufeff\t\r\n" for letter in text) else None


def _utf8(data: bytes) -> str:
    for cut in range(4):
        try:
            return data[: len(data) - cut].decode()
        except UnicodeDecodeError as e:
            if e.start < len(data) - 4:
                raise
            last = e
    raise last
