"""How others in the room get here: an address that their devices can reach, and its QR code.

A browser on the lecturer's own computer calls the server 127.0.0.1, which on a phone is the phone
itself. So the address is that of this computer in its network, if the server listens there
(``zorgbundel dashboard --class``). Codes are drawn here (segno): nothing is asked of anybody.
"""

import ipaddress
import os
import socket
from collections.abc import Mapping, Sequence
from functools import cache

#: Says that the server listens for other computers, and on which port.
LISTENS = "ZORGBUNDEL_LISTENS_FOR_OTHERS"
#: Kept for documentation (RFC 5737): asked only which way a message would go, none is sent.
_ELSEWHERE = ("192.0.2.1", 9)

Headers = Mapping[str, Sequence[str]] | None


def is_own(host: str) -> bool:
    """Return whether a host, with or without a port, is what a computer calls itself."""
    name = host.rsplit(":", 1)[0] if host.count(":") == 1 or "]" in host else host
    name = name.strip("[]")
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@cache
def own_address() -> str:
    """Return the address of this computer in its network; empty where it has none."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.connect(_ELSEWHERE)
            found = str(one.getsockname()[0])
    except OSError:
        return ""
    return "" if is_own(found) else found


def base_address(headers: Headers) -> str:
    """Return scheme and host for others; empty if only this computer can reach the server.

    Args:
        headers: Of the visitor's browser.
    """
    given = {name.lower(): values for name, values in (headers or {}).items()}
    root = os.environ.get("SOLARA_ROOT_PATH", "")
    host = next(iter(given.get("host", [])), "")
    scheme = next(iter(given.get("x-forwarded-proto", [])), "http").split(",")[0].strip()
    if not is_own(host):
        return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}{root}"
    port = os.environ.get(LISTENS, "")
    own = own_address() if port else ""
    return f"http://{own}:{port}{root}" if own else ""


def qr_code(address: str, label: str) -> str:
    """Return an address as a QR code: SVG with a name for who does not see it.

    Args:
        address: What a phone opens.
        label: Name of the picture.
    """
    import segno

    drawn = segno.make(address, error="m", micro=False)
    return drawn.svg_inline(
        title=label, dark="#1b1f23", light="#ffffff", border=4, scale=5, omitsize=True,
        svgclass="zb-qr", lineclass=None,
    ).replace("<svg ", '<svg role="img" ', 1)  # fmt: skip
