"""Which hosts are this machine itself: what is sent there never goes through a proxy."""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this machine: localhost, 127.0.0.1, ::1, [::1], 0.0.0.0, whatever.localhost.

    host   a name or an address without port, as it stands in a URL; upper case and brackets do not matter
    """
    name = host.strip("[]").partition("%")[0].rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address: IPv4Address | IPv6Address = ip_address(name)
    except ValueError:
        if not re.fullmatch(r"[0-9a-fx.]+", name):
            return False
        try:
            address = IPv4Address(socket.inet_aton(name))  # 127.1, 2130706433 and 0x7f.1 are 127.0.0.1 to a socket
        except OSError:
            return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified
