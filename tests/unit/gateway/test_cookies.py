"""A browser's session counts only for what our own pages send."""

import pytest
from starlette.requests import Request

from services.gateway.api.asking import token_of
from services.gateway.api.problems import Problem


def asked(method: str, **headers: str) -> Request:
    """A request with the cookie, unless it says another."""
    said = {"host": "shop.example", "cookie": "kameng_session=t", **headers}
    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in said.items()]
    return Request({"type": "http", "method": method, "path": "/", "headers": raw})


def test_reading_needs_no_proof_that_the_page_is_ours() -> None:
    assert token_of(asked("GET"), "buyer") == "t"


@pytest.mark.parametrize(
    "headers",
    [{"sec_fetch_site": "same-origin"}, {"origin": "https://shop.example"}],
)
def test_what_our_own_page_sends_counts(headers: dict[str, str]) -> None:
    assert token_of(asked("POST", **headers), "buyer") == "t"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "https://shop.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://shop.example.evil"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_another_site_sends_is_refused(method: str, headers: dict[str, str]) -> None:
    with pytest.raises(Problem) as refused:
        token_of(asked(method, **headers), "buyer")
    assert refused.value.code == "CROSS_SITE"


def test_a_header_needs_no_proof_and_the_cookie_never_stands_in_for_it() -> None:
    assert token_of(asked("POST", authorization="Bearer h"), "buyer") == "h"
    with pytest.raises(Problem) as refused:
        token_of(asked("GET", authorization="Basic x"), "buyer")
    assert refused.value.code == "AUTHENTICATION_REQUIRED"


def test_a_buyers_cookie_is_no_operators() -> None:
    with pytest.raises(Problem) as refused:
        token_of(asked("GET"), "operator")
    assert refused.value.code == "AUTHENTICATION_REQUIRED"
