"""Where an outside URL leads: its parts, checked, and addresses that are on the public internet, every one of them."""

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

from ..errors import BadInput
from ..text.scrubbing import scrubbed
from .places import shown
from .s3_names import redacted

Resolver = Callable[[str, int], list[str]]
MAX_URL = 4096  # characters
PORTS = {"http": 80, "https": 443}
_NOT_PUBLIC = [  # beside what `is_global` knows, which differs from one Python to the next
    ip_network("168.63.129.16/32"),  # Azure hands out a machine's secrets there
    ip_network("192.0.0.0/24"),  # of the protocols themselves; Oracle's cloud keeps secrets in it
    ip_network("192.88.99.0/24"),  # relays of 6to4
    ip_network("2001::/23"),  # of the protocols themselves
    ip_network("3fff::/20"),  # for examples
]
_UNICAST, _NAT64 = ip_network("2000::/3"), ip_network("64:ff9b::/96")  # IPv6: nothing else is the internet
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """One URL, ready to be asked for. `host` is ASCII, without brackets; `path` begins with '/' and holds the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as a header says it, its port where that is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """All of it; its query may hold a secret, so `named` is for messages."""
        return f"{self.scheme}://{self.authority}{self.path}"


def is_url(name: str) -> bool:
    """Whether a picture's name is an http or https URL"""
    return name.lower().startswith(("http://", "https://"))


def without_query(url: str) -> str:
    """A URL that holds no user, without what follows its path: a query may hold a signature"""
    return re.split(r"[?#]", url, maxsplit=1)[0]


class NotPublic(BadInput):
    """A URL that leads to no server of the public internet, or to another port than those of the web."""


def named(url: str) -> str:
    """A URL for a message: one short line, without user, password and query"""
    return shown(scrubbed(redacted(url)))


def target_of(url: str, *, any_port: bool = False) -> Target:
    """raises BadInput for what is no http or https URL, holds a user or control characters, or, unless `any_port`,
    another port than 80 and 443"""
    if len(url) > MAX_URL or not url.isprintable() or re.search(r"[\s\\<>\"]", url):
        raise BadInput(f"{named(url)!r}: spaces or characters that no URL has, or more than {MAX_URL}; correct it")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError as e:  # UnicodeError among them
        raise BadInput(f"{named(url)!r}: no usable URL ({shown(scrubbed(str(e)))}); correct it") from None
    if parts.scheme not in PORTS or not host:
        raise BadInput(f"{named(url)!r}: only http:// and https:// URLs are fetched; download it by hand")
    if "@" in parts.netloc:
        raise BadInput(f"{named(url)!r}: a user or password in the URL; take it out")
    if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+", host):
        raise BadInput(f"{named(url)!r}: no usable host; correct it")
    port = PORTS[parts.scheme] if port is None else port
    if not any_port and port not in PORTS.values():
        raise NotPublic(f"{named(url)!r}: port {port}; only {sorted(PORTS.values())} are asked")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe=chr(47) + '%:@!$&()*+,;=~-._?[]')}" if parts.query else ""
    )
    return Target(parts.scheme, host.lower(), port, path)


def addresses(target: Target, resolve: Resolver, *, allow_private: bool = False) -> list[str]:
    """The addresses of a target's host, each of them public; these are to be connected to, and no name again.

    raises   BadInput where one is not, or the host is an address written in another way; OSError where there is none
    """
    found = [target.host] if _is_address(target.host) else None
    if found is None and _NUMBER.fullmatch(target.host):
        raise BadInput(f"{named(target.url)!r}: an address in disguise; write it as four numbers, 0 to 255")
    found = found or list(dict.fromkeys(resolve(target.host, target.port)))
    if not found:
        raise OSError("the host has no address")
    refused = [] if allow_private else [address for address in found if not is_public(address)]
    if refused:
        where = f"{named(target.url)!r} leads to {refused[0]}"
        raise NotPublic(f"{where}, which is not on the public internet; not fetched")
    return found


def resolved(host: str, port: int) -> list[str]:
    """What this machine's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, and every IPv4 address that it stands for is too."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return all(_is_global(one) for one in (found, *_within(found)))


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    if any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return False
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return address in _NAT64  # the address in it is looked at too
    return address.is_global and not address.is_multicast and not address.is_reserved


def _within(address: IPv4Address | IPv6Address) -> Iterable[IPv4Address]:
    """The IPv4 addresses in an IPv6 address: mapped, 6to4, Teredo, NAT64."""
    if not isinstance(address, IPv6Address):
        return []
    teredo = address.teredo or ()
    nat64 = [IPv4Address(int(address) & 0xFFFFFFFF)] if address in _NAT64 else []
    return [one for one in (address.ipv4_mapped, address.sixtofour, *teredo, *nat64) if one is not None]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
