"""A browser's session: nothing another site sends counts, nobody can plant or keep one (G1)."""

import re
import secrets
from typing import Any, Final

import httpx
import pytest

from deploy.load.people import CONTEXT
from tests.e2e.shop import until

from .paths import Operation, operations, table
from .people import PASSWORD, Cast

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

COOKIES: Final = {"bob": "kameng_session", "owner": "kameng_operator"}
ELSEWHERE: Final[tuple[dict[str, str], ...]] = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Referer": "https://evil.example/"},
    {},
)
"""What a browser says of a request that no page of ours has sent; old ones say little."""
PLANTED: Final = "a" * 43
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""What a form of another site can send without asking first."""


def changing(cast: Cast, who: str) -> list[Operation]:
    """What this person may change."""
    document = cast.client.get("/openapi.json").json()
    mine = {"bob": {"customer", "buyer"}, "owner": set(table().values()) - {"anyone"}}
    theirs = mine[who] - (set() if who == "bob" else mine["bob"])
    found = [each for each in operations(document) if each.method != "GET"]
    return [each for each in found if table()[str(each)] in theirs]


@pytest.mark.parametrize("who", COOKIES)
def test_no_other_site_changes_anything_with_a_browser_s_cookie(cast: Cast, who: str) -> None:
    cookie = {"Cookie": f"{COOKIES[who]}={cast.sessions[who]}", "Idempotency-Key": "from-afar"}
    found = changing(cast, who)
    assert found
    for operation in found:
        for said in ELSEWHERE:
            headers = {**cookie, **said}
            url = cast.run["gateway"] + operation.at({})
            answer = httpx.request(operation.method, url, headers=headers, json={}, verify=CONTEXT)
            assert (answer.status_code, answer.json()["code"]) == (403, "CROSS_SITE"), operation
    assert cast.ask(who, "GET", "/v1/admin/board" if who == "owner" else "/v1/wallet")[0] == 200


def test_our_own_page_may(cast: Cast) -> None:
    headers = {
        "Cookie": f"{COOKIES['bob']}={cast.sessions['bob']}",
        "Sec-Fetch-Site": "same-origin",
    }
    path = cast.run["gateway"] + "/v1/orders:check"
    assert httpx.post(path, headers=headers, json={}).json()["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_is_no_request_of_ours(cast: Cast, kind: str) -> None:
    headers = {**cast.headers("bob", "POST", "/v1/orders"), "Content-Type": kind}
    answer = cast.client.post("/v1/orders", content=b'{"lines":[]}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def signed_in(cast: Cast, **cookies: str) -> tuple[httpx.Response, dict[str, Any]]:
    """A buyer who signs in at a page, in a browser that holds these cookies already."""
    phone, url = f"138{secrets.randbelow(10**8):08d}", cast.run["gateway"]
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"Cookie": said, "Sec-Fetch-Site": "same-origin"}
    httpx.post(f"{url}/v1/auth/codes", json={"phone": phone}).raise_for_status()
    sms = f"{cast.run['twins']['sms']}/sms?phone={phone}"
    text = until(lambda: httpx.get(sms).json()["items"])[-1]["text"]
    (code,) = re.findall(r"\b\d{6}\b", text)
    body = {"phone": phone, "code": code, "cookie": True}
    answer = httpx.post(f"{url}/v1/auth/sessions", json=body, headers=headers)
    return answer, answer.json()


def test_a_planted_session_is_neither_taken_up_nor_kept(cast: Cast) -> None:
    """Who signs in has a fresh token, whatever the browser held, and so has who does it again."""
    answer, told = signed_in(cast, kameng_session=PLANTED)
    assert answer.status_code == 201, answer.text
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if "kameng_session" in c]
    token = cookie.partition("=")[2].partition(";")[0]
    assert token not in {PLANTED, ""}
    assert told["token"] == ""
    assert {"httponly", "samesite=strict"} <= {part.strip().lower() for part in cookie.split(";")}
    for planted, status in ((PLANTED, 401), (token, 200)):
        headers = {"Authorization": f"Bearer {planted}"}
        assert cast.client.get("/v1/wallet", headers=headers).status_code == status
    another, _ = signed_in(cast, kameng_session=token)
    assert token not in another.headers["set-cookie"]


def test_a_session_that_was_ended_is_over_where_it_was_used(cast: Cast) -> None:
    token = cast.sign_up()
    headers = {"Authorization": f"Bearer {token}"}
    assert cast.client.get("/v1/wallet", headers=headers).status_code == 200
    assert cast.client.delete("/v1/auth/sessions/current", headers=headers).status_code == 204
    assert cast.client.get("/v1/wallet", headers=headers).status_code == 401


def test_no_kind_of_session_is_another_s(cast: Cast) -> None:
    """A buyer's cookie under an operator's name, and the other way round."""
    for name, who, path in (
        ("kameng_operator", "bob", "/v1/admin/board"),
        ("kameng_session", "owner", "/v1/wallet"),
    ):
        headers = {"Cookie": f"{name}={cast.sessions[who]}"}
        answer = httpx.get(cast.run["gateway"] + path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_INVALID")


def test_a_wrong_password_and_a_wrong_name_are_told_alike(cast: Cast) -> None:
    cast.sessions["stock"]  # they are known
    answers = [
        cast.client.post(
            "/v1/admin/sessions", json={"user": user, "password": PASSWORD, "totp": "000000"}
        ).json()
        for user in ("stock-2", "nobody-at-all")
    ]
    alike = [{name: each[name] for name in each if name != "trace_id"} for each in answers]
    assert alike[0] == alike[1]
