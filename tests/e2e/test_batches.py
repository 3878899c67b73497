"""A file of orders through the whole system: each line once, whatever happens to the door (B7)."""

import csv
import io
import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from deploy.load.auditing import Audited, audit
from deploy.load.people import signed
from deploy.load.running import Running
from tests.e2e.files import Buyer
from tests.e2e.shop import WAIT_S_MAX, door, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

LINES: Final = 600
"""More than are under way at once."""
HEAD: Final = "sku,quantity,unit_price_minor,target,reference\r\n"
FORMULA: Final = '=HYPERLINK("http://x.example","card")'


@pytest.fixture(scope="module")
def buyer(system: Running) -> Buyer:
    return Buyer(system)


def test_a_bad_line_harms_no_other_and_each_line_has_its_result(buyer: Buyer) -> None:
    steam, phone = buyer.price("steam-50"), buyer.price("cmcc-fast-30")
    body = (
        f'\ufeff{HEAD}steam-50,1,{steam},,"{FORMULA.replace(chr(34), chr(34) * 2)}"\r\n'
        f"steam-50,1,{steam - 1},,cheaper\r\nsteam-50,x,{steam},,wrong\r\nnothing,1,5,,unknown\r\n"
        f"cmcc-fast-30,1,{phone},12345,nobody\r\ncmcc-fast-30,1,{phone},13800138000,top-up\r\n"
    ).encode()
    begun = buyer.upload("/v1/batches", body)
    assert begun.status_code == 202, begun.text
    batch_id = begun.json()["batch_id"]
    found = buyer.done(batch_id)
    assert found["counts"] == {"delivered": 2, "refused": 4}
    items = buyer.get(f"/v1/batches/{batch_id}/lines?limit=100")["items"]
    assert [(each["line"], each["state"], each.get("code")) for each in items] == [
        (2, "delivered", None), (3, "refused", "PRICE_CHANGED"), (4, "refused", "BAD_QUANTITY"),
        (5, "refused", "OFF_SHELF"), (6, "refused", "BAD_TARGET_ACCOUNT"), (7, "delivered", None),
    ]  # fmt: skip
    file = buyer.send("GET", f"/v1/batches/{batch_id}/results.csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0]["reference"] == f"'{FORMULA}"
    assert [int(row["charged_minor"]) for row in rows] == [steam, 0, 0, 0, 0, phone]
    assert buyer.get("/v1/batches?limit=1")["items"][0]["batch_id"] == batch_id


def test_the_same_file_twice_orders_once_and_a_corrected_one_only_what_is_new(
    buyer: Buyer,
) -> None:
    price, before = buyer.price("steam-50"), buyer.balance
    right, wrong = f"steam-50,1,{price},,right", f"steam-50,one,{price},,wrong"
    body, path = (HEAD + right + "\r\n" + wrong).encode(), "/v1/batches?batch_key=may"
    first = buyer.upload(path, body, key="upload-1").json()
    buyer.done(first["batch_id"])
    rewritten = body.decode().replace("\r", "").encode("utf-16")
    for key, file in (("upload-1", body), ("upload-2", body), ("upload-3", rewritten)):
        again = buyer.upload(path, file, key=key)
        assert again.json()["batch_id"] == first["batch_id"]
    reused = buyer.upload(path, body + b"\n" + right.encode(), key="upload-1")
    assert (reused.status_code, reused.json()["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")
    other_terms = buyer.upload(f"{path}&on_decline=wait", body).json()
    assert buyer.done(other_terms["batch_id"])["counts"] == {"delivered": 1, "refused": 1}
    corrected = body.replace(b"one", b"1")
    second = buyer.upload(path, corrected).json()
    assert buyer.done(second["batch_id"])["counts"] == {"delivered": 2}
    spent = before - buyer.balance
    assert spent == 2 * price
    assert len({_orders(buyer, each["batch_id"])[0] for each in (first, second)}) == 1


def _orders(buyer: Buyer, batch_id: str) -> list[str]:
    items = buyer.get(f"/v1/batches/{batch_id}/lines?limit=100")["items"]
    return [each.get("order_id", "") for each in items]


def test_a_door_that_is_killed_in_the_middle_of_a_batch_orders_every_line_once(
    buyer: Buyer,
) -> None:
    price = buyer.price("cmcc-fast-30")
    lines = "".join(f"cmcc-fast-30,1,{price},138{n:08d},{n}\r\n" for n in range(LINES))
    begun = buyer.upload("/v1/batches", (HEAD + lines).encode()).json()
    killed, path = door(buyer.system), f"/v1/batches/{begun['batch_id']}"
    until(lambda: buyer.get(path)["counts"].get("queued", 0) < LINES)
    os.kill(killed, signal.SIGKILL)
    until(lambda: door(buyer.system) not in {0, killed})
    found = buyer.done(begun["batch_id"])
    assert sum(found["counts"].values()) == LINES
    assert "queued" not in found["counts"]
    assert "received" not in found["counts"]


def test_progress_is_pushed_until_nothing_moves(buyer: Buyer) -> None:
    price = buyer.price("steam-50")
    body = HEAD + "".join(f"steam-50,1,{price},,pushed {n}\r\n" for n in range(20))
    begun = buyer.upload("/v1/batches", body.encode()).json()
    path = f"/v1/batches/{begun['batch_id']}"
    headers = {**signed(buyer.run, "GET", path, b""), "Accept": "text/event-stream"}
    with httpx.stream(
        "GET", buyer.run["gateway"] + path, headers=headers, timeout=WAIT_S_MAX
    ) as stream:
        told = [json.loads(each[6:]) for each in stream.iter_lines() if each.startswith("data: ")]
    assert [each["state"] for each in told][-1] == "done"
    assert {each["state"] for each in told[:-1]} <= {"running"}
    assert told[-1]["counts"] == {"delivered": 20}


def test_what_is_no_batch_is_refused_by_name_and_somebody_elses_is_not_there(
    buyer: Buyer,
) -> None:
    for body, kind, status, code in (
        (b"sku\n", "text/csv", 422, "BAD_COLUMNS"),
        ((HEAD + "a,1,1,,备注").encode("gbk"), "text/csv", 422, "BAD_ENCODING"),
        (HEAD.encode() + b"," * 100_000, "text/csv", 422, "RECORD_TOO_LONG"),
        (HEAD.encode() + b"a,1,1\n" * 10_001, "text/csv", 422, "TOO_MANY_LINES"),
        (b"{", "application/json", 422, "BAD_JSON"),
        (b"x", "application/zip", 415, "UNSUPPORTED_MEDIA_TYPE"),
    ):
        answer = buyer.upload("/v1/batches", body, kind)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert buyer.send("GET", "/v1/batches/no-such-batch").status_code == 404


def test_two_hundred_megabytes_are_turned_away_before_they_have_come(buyer: Buyer) -> None:
    sent = Counter[str]()

    def chunks() -> Iterator[bytes]:
        for _ in range(200):
            sent["chunks"] += 1
            yield b"x" * 1_048_576

    headers = {"Content-Type": "text/csv", **signed(buyer.run, "POST", "/v1/batches", b"")}
    try:
        answer = httpx.post(
            f"{buyer.run['gateway']}/v1/batches",
            content=chunks(),
            headers=headers,
            timeout=WAIT_S_MAX,
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")
    except httpx.WriteError:  # the door hung up while we were still sending
        pass
    assert sent["chunks"] < 100
    assert buyer.balance > 0


async def test_the_log_holds_every_line_once_and_the_audit_agrees(system: Running) -> None:
    found: Audited = await audit(system)
    assert found.passed, str(found)
