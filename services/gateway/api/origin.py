"""Where a buyer's order comes from, as keyed fingerprints: the address, the device, the phone.

The address is that of the connection; behind proxies of our own it is what the outermost of them
saw: the last `forwarded_hops` entries of X-Forwarded-For are theirs, whatever stands before them
was written by whoever sent it and counts for nothing. Of IPv6 a whole household has the first 64
bits. A device says itself which one it is: X-Kameng-Device, or the cookie that signing in sets.
"""

import re
import secrets
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from shared.contracts.orders import Origin
from shared.security.fingerprints import fingerprint

from .asking import address, door_of

DEVICE_COOKIE: Final = "kameng_device"
DEVICE_HEADER: Final = "x-kameng-device"
DEVICE: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
DEVICE_BYTES: Final = 24
DEVICE_S: Final = 365 * 86_400
HOME_BITS: Final = 64


def origin_of(request: Request, asking: Asking) -> Origin | None:
    """Of a person who has signed in; a reseller's servers say nothing of its buyers."""
    if asking.kind != "buyer":
        return None
    key, device = door_of(request).secrets.fingerprint_key, _device(request)
    return Origin(
        address=fingerprint(key, "address", household(address(request))).hex(),
        device=fingerprint(key, "device", device).hex() if device else None,
        contact=asking.contact or None,
    )


def remember_device(request: Request, response: Response) -> Response:
    """Give a browser that has no name one that it says again."""
    if not _device(request):
        response.set_cookie(
            DEVICE_COOKIE, secrets.token_urlsafe(DEVICE_BYTES), max_age=DEVICE_S, httponly=True,
            samesite="lax", secure=request.url.scheme == "https",
        )  # fmt: skip
    return response


def household(text: str) -> str:
    """The address, or the part of it that one household shares; as it stands if it is none."""
    try:
        found = ip_address(text)
    except ValueError:
        return text
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> HOME_BITS << HOME_BITS))
    return str(found)


def _device(request: Request) -> str:
    said = request.headers.get(DEVICE_HEADER) or request.cookies.get(DEVICE_COOKIE, "")
    return said if DEVICE.fullmatch(said) else ""
