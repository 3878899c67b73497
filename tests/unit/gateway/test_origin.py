"""Where an order comes from, as the door says it: fingerprints, and only of those who signed in."""

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.api.asking import address
from services.gateway.api.origin import DEVICE_COOKIE, household, origin_of, remember_device
from services.gateway.door.access import Asking

KEY = bytes(range(32))
BUYER = Asking("buyer", "acc-1", contact="b1.sealed")


def asked(*headers: tuple[str, str], peer: str = "203.0.113.9", hops: int = 0) -> Request:
    door = SimpleNamespace(forwarded_hops=hops, secrets=SimpleNamespace(fingerprint_key=KEY))
    scope: dict[str, Any] = {
        "type": "http", "scheme": "http", "method": "POST", "path": "/", "query_string": b"",
        "server": ("shop.example", 443), "client": (peer, 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "app": SimpleNamespace(state=SimpleNamespace(door=door)),
    }  # fmt: skip
    return Request(scope)


FORGED = ("X-Forwarded-For", "198.51.100.1")


def test_who_connects_is_who_asks_whatever_they_write_of_themselves() -> None:
    assert address(asked(FORGED)) == "203.0.113.9"


@pytest.mark.parametrize(
    ("hops", "seen", "found"),
    [
        (1, "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        (2, "198.51.100.1, 192.0.2.7, 10.0.0.1", "192.0.2.7"),
        (2, "192.0.2.7", "203.0.113.9"),
    ],
)
def test_behind_our_own_proxies_what_they_saw_counts(hops: int, seen: str, found: str) -> None:
    assert address(asked(("X-Forwarded-For", seen), hops=hops)) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
    ],
)
def test_an_address_is_a_household(one: str, other: str, same: bool) -> None:
    assert (household(one) == household(other)) is same


def test_a_buyer_s_order_says_where_it_comes_from_and_nothing_can_be_read_of_it() -> None:
    request = asked(("X-Kameng-Device", "device-0123456789"))
    origin = origin_of(request, BUYER)
    assert origin
    assert origin.contact == "b1.sealed"
    text = origin.model_dump_json()
    assert "203.0.113.9" not in text
    assert "device-0123456789" not in text
    assert origin == origin_of(request, BUYER)
    other = origin_of(asked(peer="203.0.113.10"), BUYER)
    assert other
    assert (other.address != origin.address, other.device) == (True, None)


def test_a_reseller_s_servers_say_nothing_of_its_buyers() -> None:
    assert origin_of(asked(), Asking("reseller", "acc-2")) is None


@pytest.mark.parametrize("said", ["short", "x" * 129, "device 0123456789 with spaces"])
def test_a_device_that_is_no_name_is_none(said: str) -> None:
    origin = origin_of(asked(("X-Kameng-Device", said)), BUYER)
    assert origin
    assert origin.device is None


def test_a_browser_is_given_a_name_once_and_says_it_again() -> None:
    response = remember_device(asked(), Response())
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(DEVICE_COOKIE)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    again = asked(("Cookie", cookie.partition(";")[0]))
    assert "set-cookie" not in remember_device(again, Response()).headers
    origin = origin_of(again, BUYER)
    assert origin
    assert origin.device
