"""Notices every look-up and connection to another host, in any Python process that loads this.

It listens where Python itself reports them (audit hooks), so no library can go round it. What it
hears it refuses, and remembers, because a library may swallow the refusal.
"""

import ipaddress
import os
import socket
import sys

#: What was asked of other hosts.
seen: list[str] = []
#: Stands before each line in the log of a server.
MARK = "asked of another host:"


def is_here(host: object) -> bool:
    """Whether a host is this machine."""
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if host in (None, "", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _outside(event: str, arguments: tuple) -> str | None:
    """Return what is asked of another host by an event; None if nothing is."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
        numeric = str(host).replace(".", "").isdigit()  # a number needs no look-up
        return None if numeric or is_here(host) else f"{event} {host!r}"
    if event in ("socket.connect", "socket.sendto"):
        sock, address = arguments[0], arguments[1]
        if not isinstance(address, tuple) or is_here(address[0]):
            return None
        if event == "socket.connect" and sock.type & socket.SOCK_DGRAM:
            return None  # only asks this machine which way it would go (Dask does); nothing is sent
        return f"{event} {address!r}"
    return None


def guard() -> None:
    """Refuse, from now on and for good, whatever is asked of another host."""

    def hear(event: str, arguments: tuple) -> None:
        if not event.startswith("socket."):
            return
        found = _outside(event, arguments)
        if found is not None:
            seen.append(found)
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{MARK} {found}\n".encode())
            raise OSError(f"{MARK} {found}")

    sys.addaudithook(hear)
