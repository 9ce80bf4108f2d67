"""What a judge behind a server is given, checked before any work: its key, its address, its options."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ....errors import BadInput
from ....storage.loopback import is_loopback
from ....text import got
from ....text.scrubbing.secret import secret
from ...diffusion.latent_frame import MAX_PIXELS
from .server_replies import Price

LONGEST_S = 86_400


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """What every model behind a server takes, whatever its role; `models.load` takes the fields by their names.

    name        of the model; `models.load` fills it in
    max_pixels  a picture with more is sent smaller, its aspect kept
    temperature  0: the most probable words, with the seed 0. Over 0 no seed is sent, so that a repeat can differ
    timeout_s   of one whole answer; outages are waited through as outages.py says
    price_per_million_tokens  in any currency: one number, or {"read": number, "written": number}; None: what a call
                costs is not known. It is not in the card, since no answer depends on it
    """

    name: str = ""
    max_pixels: int = MAX_PIXELS
    temperature: float = 0
    timeout_s: float = 120.0
    price_per_million_tokens: Price = None


def drawing(temperature: float) -> dict[str, float | None]:
    """How a server is asked to draw its words; None is not sent. A seed would make repeats equal that may differ."""
    return {"temperature": temperature or 0, "seed": None if temperature else 0}


def can_vary(sent: Mapping[str, Any]) -> bool:
    """Whether a repeat of one question can differ.

    sent   'temperature' and 'seed' of a question; None: not sent. Without a temperature a server takes its own, which
           is over 0 in all that are known here
    """
    return sent["seed"] is None and (sent["temperature"] is None or sent["temperature"] > 0)


def api_key(names: Sequence[str], url: str) -> str:
    """The key of the first of these variables that has one; '' where none has.

    url      where it would be sent
    raises   BadInput for one that no HTTP header can carry, or that would travel unencrypted; it is not repeated
    """
    name, key = next(((name, key) for name in names if (key := secret(name))), ("", ""))
    if any(not "!" <= letter <= "~" for letter in key):
        raise BadInput(f"{name} {_trouble_of(key)}; set it to the key alone")
    parts = urlsplit(url)
    if key and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise BadInput(f"{name} would cross the network unencrypted to {parts.hostname}; use https")
    return key


def checked_address(name: str, option: str, url: Any, variable: str) -> str:
    """The address without a slash at its end.

    variable  that holds the key
    raises    BadInput for one that cannot be used; it is not repeated, since it may hold a password or a key
    """
    try:
        parts = urlsplit(url) if isinstance(url, str) and re.fullmatch(r"https?://[!-~]+", url) else None
        usable = bool(parts and parts.hostname and (parts.port is None or parts.port > 0))
    except ValueError:  # a port that is none, brackets that do not close
        usable = False
    if not usable:
        raise BadInput(f"{option} of {name} is an address such as https://HOST; this one is not of that form")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadInput(f"{option} of {name} may hold no user, password or query; set {variable} instead")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise BadInput(f"{option} of {name} would send pictures and key unencrypted to {parts.hostname}; use https")
    return url.rstrip("/")


def _trouble_of(key: str) -> str:
    """What of a key cannot be sent."""
    if key != key.rstrip("\r\n"):
        return "ends in a line break"
    if key != key.strip():
        return "begins or ends with a space"
    if any(letter.isspace() for letter in key):
        return "holds a space or a line break"
    return "holds a character that no key has (not ASCII, or not printable)"


def check_text(name: str, option: str, value: Any) -> None:
    """raises BadInput for an option that is no text"""
    if not isinstance(value, str):
        raise BadInput(f"{option} of {name} is text, {got(value)}")


def check_timeout(name: str, timeout_s: Any) -> None:
    """raises BadInput for what is no number of seconds"""
    if not is_number(timeout_s) or not 0 < timeout_s <= LONGEST_S:
        raise BadInput(f"timeout_s of {name} is a number of seconds over 0, up to {LONGEST_S}; {got(timeout_s)}")


def check_price(name: str, price: Any) -> None:
    """raises BadInput for what is no price: of all tokens, or of those read and those written"""
    prices = price.values() if isinstance(price, dict) and set(price) == {"read", "written"} else [price]
    if price is not None and not all(is_number(each) and 0 <= each < math.inf for each in prices):
        raise BadInput(
            f"price_per_million_tokens of {name} is a number from 0, {{'read': number, 'written': number}}, or left "
            f"out; {got(price)}"
        )


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
