"""Cards come in through the door of the whole system: hostile files, a killed door, twice (F1)."""

import os
import secrets
import signal
from typing import Final

import pytest

from deploy.load.auditing import Audited, audit
from deploy.load.running import Running
from tests.e2e.files import Clerk
from tests.e2e.shop import door, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

SKU: Final = "cards-of-this-test"
LINES: Final = 6_000
"""Twice as many as are under way at once."""
HOSTILE: Final = (
    "\ufeffＡＢＣ１２\r\n  QQ%0A11 \t\r\nWW\tEE\r\n\r\nab\u2028cd\r\nＡＢＣ１２\r\nABC12\r\n"
)
"""Taken: lines 1, 2 and 3. A separator inside 5; 6 is 1 again, and so is 7 as a card."""


@pytest.fixture(scope="module")
def clerk(system: Running) -> Clerk:
    return Clerk(system, sku=SKU)


def test_a_preview_tells_of_every_line_and_takes_none(clerk: Clerk) -> None:
    before, body = clerk.received, HOSTILE.encode()
    told = clerk.upload(body, "preview", "?preview=1").json()
    verdicts = [(each["line"], each["code"]) for each in told["preview"]]
    assert verdicts == [
        (1, "OK"), (2, "OK"), (3, "OK"), (5, "CONTROL_CHARACTER"), (6, "DUPLICATE_IN_FILE"),
        (7, "DUPLICATE_IN_FILE"),
    ]  # fmt: skip
    assert [each["length"] for each in told["preview"]][:3] == [5, 7, 5]
    assert told["preview"][1]["notes"] == ["PERCENT_0A_KEPT"]
    file = clerk.upload(body, "preview", "?preview=1", accept="text/csv")
    assert file.content.startswith("\ufeffline,code,shown,length,notes\r\n1,OK,".encode())
    assert clerk.received == before


def test_a_hostile_file_gives_its_cards_once_whatever_the_file_looks_like(clerk: Clerk) -> None:
    before = clerk.received
    first = clerk.upload(HOSTILE.encode("utf-16"), "hostile-1")
    assert first.status_code == 202, first.text
    found = clerk.done(first.headers["location"])
    assert (found["accepted"], found["received"], found["errors_total"]) == (3, 3, 3)
    again = clerk.upload(
        b'code\r\n"ABC12"\r\nQQ%0A11\r\n"WW\tEE"\r\n', "hostile-2", kind="text/csv"
    )
    found = clerk.done(again.headers["location"])
    assert (found["accepted"], found["received"]) == (0, 0)
    assert {each["code"] for each in found["errors"]} == {"DUPLICATE_CARD"}
    results = clerk.operator("GET", again.headers["location"] + "/results.csv")
    assert results.text == "\ufeffline,code\r\n" + "".join(
        f"{n},DUPLICATE_CARD\r\n" for n in (2, 3, 4)
    )
    assert clerk.received == before + 3


def test_a_door_that_is_killed_in_the_middle_of_an_import_loses_no_line(clerk: Clerk) -> None:
    system, tag = clerk.system, secrets.token_hex(4)
    before = clerk.received
    body = "\n".join(f"{tag}-{number:06d}" for number in range(LINES)).encode()
    begun = clerk.upload(body, "killed")
    at, killed = begun.headers["location"], door(system)
    until(lambda: clerk.operator("GET", at).json()["judged"] > 0)
    under_way = clerk.operator("GET", at).json()
    os.kill(killed, signal.SIGKILL)
    assert 0 < under_way["judged"] < LINES
    until(lambda: door(system) not in {0, killed})
    found = clerk.done(at)
    assert (found["accepted"], found["received"], found["errors_total"]) == (LINES, LINES, 0)
    again = clerk.done(clerk.upload(body, "killed").headers["location"])
    assert again == found
    twice = clerk.done(clerk.upload(body, "the-same-file").headers["location"])
    assert (twice["accepted"], twice["received"], twice["errors_total"]) == (0, 0, LINES)
    assert clerk.received == before + LINES


def test_what_is_no_import_is_refused_by_name(clerk: Clerk) -> None:
    for body, kind, status, code in (
        (b"", "text/plain", 422, "EMPTY_IMPORT"),
        ("卡密\n".encode("gbk"), "text/plain", 422, "BAD_ENCODING"),
        (b"a" + b"," * 1_000_000, "text/csv", 422, "RECORD_TOO_LONG"),
        (b"1\n" * 100_001, "text/plain", 422, "TOO_MANY_LINES"),
        (b"{}", "application/json", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"0123456789abcde\n" * 2_100_000, "text/plain", 413, "BODY_TOO_LARGE"),
    ):
        answer = clerk.upload(body, f"bad-{code}", kind=kind)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_log_holds_what_came_in_and_the_audit_agrees(system: Running) -> None:
    found: Audited = await audit(system)
    assert found.passed, str(found)
