"""The browser's program, and a watch over what its pages say and ask for."""

import os
import shutil
from urllib.parse import urlsplit

import pytest

MISSING = "no Chromium on this machine: install it (apt-get install chromium) or name it in TRYON_CHROMIUM"


def chromium() -> str:
    """Its path, $TRYON_CHROMIUM first; where there is none the test skips, and fails with TRYON_BROWSER=required."""
    named = os.environ.get("TRYON_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found:
        return found
    if os.environ.get("TRYON_BROWSER") == "required":
        pytest.fail(f"{MISSING}; TRYON_BROWSER=required forbids to skip this test")
    pytest.skip(MISSING)


class Watch:
    """What the pages of a browser context said and asked for, from their first moment on."""

    def __init__(self, context):
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.expected = ""  # words of an error that this test brings about
        context.on("console", self._said)
        context.on("weberror", lambda error: self.errors.append(f"uncaught: {error.error}"))
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self.asked.append(socket.url)))

    def _said(self, message) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def so_far(self) -> tuple[list[str], list[str]]:
        """(errors, addresses on other hosts) since the last time; data: and blob: are asked of nobody."""
        on_the_net = [url for url in self.asked if urlsplit(url).scheme not in ("data", "blob", "about")]
        errors = [error for error in self.errors if not self.expected or self.expected not in error]
        seen = errors, [url for url in on_the_net if urlsplit(url).hostname != "127.0.0.1"]
        self.errors, self.asked, self.expected = [], [], ""
        return seen
