"""What bytes from outside are, by themselves: whatever a server calls them."""

import json

MIME = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "json": "application/json",
    "html": "text/html",
    "text": "text/plain",
}
PICTURES = ("jpeg", "png", "webp")  # those that `images` opens
KINDS = ("picture", "json", "html", "text")


def kind_of(data: bytes) -> str:
    """A key of MIME; '' for anything else, such as another format of pictures"""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return _kind_of_text(data)


def fits(kind: str, kinds: tuple[str, ...]) -> bool:
    """Whether a kind of data is one that was asked for; JSON is text too, HTML is not"""
    wanted = {*kinds, *(PICTURES if "picture" in kinds else ()), *(("json",) if "text" in kinds else ())}
    return kind in wanted


def _kind_of_text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    if any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in text):
        return ""
    head = text.lstrip()[:1000].lower()
    if head.startswith(("<!doctype html", "<html", "<head", "<body", "<script")):
        return "html"
    try:
        return "json" if head[:1] in ("{", "[") and json.loads(text) is not None else "text"
    except (ValueError, RecursionError):
        return "text"
