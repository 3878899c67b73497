"""Where a URL that somebody gave us may lead: to a public address, and to the one we looked at."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

URL_LENGTH_MAX: Final = 500
HTTPS_PORT: Final = 443
RESOLVE_S_MAX: Final = 5.0
ADDRESSES_MAX: Final = 32
THREADS_MAX: Final = 4
RESOLVERS: Final = ThreadPoolExecutor(THREADS_MAX, "resolver")
"""Threads of their own: slow name servers of strangers keep no lookup of ours waiting."""
INSIDE: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "168.63.129.16/32",  # a cloud's metadata on a public address
        "192.88.99.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
        "fec0::/10", "::/96",
    )
)  # fmt: skip
"""Not public for us, beside what Python knows: each of the IPv6 ones may hide an IPv4 address."""


class AddressRefused(Exception):
    """This URL leads where we do not call."""


class Pinned(NamedTuple):
    """A URL with its address in the name's place."""

    url: str
    host: str
    """What the Host header says."""
    name: str
    """Whose certificate is wanted."""


async def resolve(name: str, port: int) -> Sequence[str]:
    """Every address of a name. Raises OSError."""
    look = partial(socket.getaddrinfo, name, port, type=socket.SOCK_STREAM)
    async with asyncio.timeout(RESOLVE_S_MAX):
        found = await asyncio.get_running_loop().run_in_executor(RESOLVERS, look)
    return [str(each[4][0]) for each in found]


def is_public(text: str) -> bool:
    """Whether the address is anybody's on the internet."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    hidden = any(address in each for each in INSIDE if each.version == address.version)
    return address.is_global and not address.is_multicast and not hidden


class Guard:
    """Knows where may be called. ``trial`` is the one origin inside that may be, for trials."""

    def __init__(self, trial: str = "", resolve: Resolve = resolve) -> None:
        self._trial, self._resolve = trial, resolve

    async def pin(self, url: str) -> Pinned:
        """The URL with an address that was found to be public. Raises AddressRefused, OSError."""
        parts = split(url)
        name, port = parts.hostname or "", parts.port or HTTPS_PORT
        if self._is_trial(parts):
            return Pinned(url, parts.netloc, name)
        if parts.scheme != "https":
            raise AddressRefused
        found = (await self._resolve(name, port))[:ADDRESSES_MAX]
        if not found or not all(map(is_public, found)):
            raise AddressRefused
        literal = f"[{found[0]}]" if ":" in found[0] else found[0]
        pinned = parts._replace(netloc=f"{literal}:{port}")
        return Pinned(pinned.geturl(), parts.netloc, name)

    def _is_trial(self, parts: SplitResult) -> bool:
        return bool(self._trial) and f"{parts.scheme}://{parts.netloc}" == self._trial


def split(url: str) -> SplitResult:
    """A URL that could be called: short, of plain characters, with a host and no password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused from None
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if len(url) > URL_LENGTH_MAX or not plain or parts.fragment or port == 0:
        raise AddressRefused
    if parts.scheme not in {"https", "http"} or not parts.hostname or "@" in parts.netloc:
        raise AddressRefused
    return parts
