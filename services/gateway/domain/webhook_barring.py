"""What one of our people has barred is an address, by whatever name and however it is spelled (F4).

Two URLs are the same address where host, port and path are. Neither the scheme nor the query, nor
upper and lower case of a host, nor escapes, dots and slashes to spare make another one of it.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

from shared.contracts.message import Fact
from shared.contracts.webhooks import JudgeWebhook, SetWebhook, WebhookAllowed, WebhookDisabled

from .states import Endpoint

URL: Final = re.compile(r"(?i)([a-z]+)://(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([^?#]*)")
ESCAPED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
NUMERIC: Final = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}")
PORTS: Final = {"http": 80, "https": 443}
OCTET_BITS: Final = 8
OCTETS: Final = 4
OCTET_MAX: Final = 255
BASES: Final = {"0x": 16, "0": 8, "": 10}


def is_barred(mine: Mapping[str, Endpoint], asked: SetWebhook) -> bool:
    """Whether nothing may go there; one that is barred does not move elsewhere either."""
    known, wanted = mine.get(asked.endpoint_id), address_of(asked.url)
    if known and known.barred and address_of(known.url) != wanted:
        return True
    barred = (address_of(each.url) for each in mine.values() if each.barred)
    return asked.enabled and wanted in barred


def judged(mine: Mapping[str, Endpoint], asked: JudgeWebhook) -> list[Fact]:
    """The endpoint is barred or allowed, and with it the account's others at its address."""
    said = asked.model_dump(exclude={"barred", "endpoint_id"})
    where = address_of(mine[asked.endpoint_id].url)
    others = [
        each
        for each, found in mine.items()
        if found.barred is not asked.barred and address_of(found.url) == where
    ]
    named = dict.fromkeys((asked.endpoint_id, *others))
    if asked.barred:
        return [WebhookDisabled(**said, endpoint_id=each, code="OPERATOR") for each in named]
    return [WebhookAllowed(**said, endpoint_id=each) for each in named]


def address_of(url: str) -> str:
    """Host, port and path of a URL, spelled in one way."""
    found = URL.match(url)
    if found is None:
        return url
    scheme, host, port, path = found.groups()
    number = int(port) if port else PORTS.get(scheme.lower(), 0)
    return f"{_host(host.lower())} {number} {_path(path)}"


def _host(host: str) -> str:
    name = host.strip("[]").rstrip(".")
    try:
        found = ip_address(_number(name) if NUMERIC.fullmatch(name) else name)
    except ValueError:
        return name
    return str(getattr(found, "ipv4_mapped", None) or found)


def _number(name: str) -> int:
    """An IPv4 address as resolvers read it: one to four parts, each decimal, octal or hex."""
    *first, last = [_part(part) for part in name.split(".")]
    rest_bits = OCTET_BITS * (OCTETS - len(first))
    if any(part > OCTET_MAX for part in first) or last >> rest_bits:
        raise ValueError(name)
    places = range(OCTETS - 1, -1, -1)
    return last + sum(part << OCTET_BITS * at for part, at in zip(first, places, strict=False))


def _part(part: str) -> int:
    start = next(start for start in BASES if part.startswith(start) and part != start)
    return int(part, BASES[start])


def _path(path: str) -> str:
    """Without escapes, empty parts, and dots."""
    kept: list[str] = []
    for part in ESCAPED.sub(lambda found: chr(int(found[1], 16)), path).split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in {"", "."}:
            kept.append(part)
    return "/" + "/".join(kept)
