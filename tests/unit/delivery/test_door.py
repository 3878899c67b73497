"""The internal door: codes go out once their reveal is on the log, to the gateway alone (D5)."""

from typing import Any

import pytest
import structlog

from services.delivery.api import BODY_BYTES_MAX
from shared.shards.ports import Unavailable
from tests.unit.delivery import examples as say
from tests.unit.delivery.door import ANSWER_MS_MAX, CODES, ByHand, InMemory, ask, door, sealed_line

SHOWN = ("card-0", "card-1")


def shop(*facts: Any) -> InMemory:
    return InMemory(*sealed_line(), *facts)


async def test_a_reveal_on_the_log_is_answered_with_the_codes() -> None:
    answer = await ask(door(shop(say.revealed(1, card_ids=SHOWN)), ByHand()))
    assert answer.status_code == 200
    cards = answer.json()["cards"]
    assert [(card["card_id"], card["code"]) for card in cards] == [*zip(SHOWN, CODES, strict=True)]
    assert cards[1]["masked"] == "•••••-•••••-••CCC"


async def test_no_answer_may_be_stored_anywhere() -> None:
    opened = door(shop(say.revealed(1)), ByHand())
    for answer in (await ask(opened), await ask(opened, secret=b"another"), await ask(opened)):
        assert answer.headers["Cache-Control"] == "no-store"


async def test_the_same_request_is_answered_again() -> None:
    opened = door(shop(say.revealed(1)), ByHand())
    assert (await ask(opened)).json() == (await ask(opened)).json()


async def test_a_reveal_that_is_still_on_its_way_is_waited_for() -> None:
    reveals, clock = shop(), ByHand()
    clock.meanwhile[ANSWER_MS_MAX // 2] = lambda: reveals.fold(say.revealed(1))
    assert (await ask(door(reveals, clock))).status_code == 200


async def test_a_reveal_that_does_not_come_is_not_waited_for_for_ever() -> None:
    clock = ByHand()
    answer = await ask(door(shop(), clock))
    assert (answer.status_code, answer.json()["code"]) == (503, "NOT_DECIDED_YET")
    assert answer.headers["Retry-After"] == "1"
    assert clock.ms <= say.NOON_MS + 2 * ANSWER_MS_MAX


async def test_while_there_is_no_database_the_caller_is_told_to_come_again() -> None:
    class Away(InMemory):
        async def reveal(self, request_id: str) -> Any:
            raise Unavailable(request_id)

    answer = await ask(door(Away(), ByHand()))
    assert (answer.status_code, answer.json()["code"]) == (503, "NOT_DECIDED_YET")


@pytest.mark.parametrize(("code", "status"), [("NOT_DELIVERED", 404), ("REVEAL_LIMIT", 429)])
async def test_a_refused_reveal_shows_nothing_and_says_why(code: str, status: int) -> None:
    answer = await ask(door(shop(say.reveal_refused(code)), ByHand()))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "cards" not in answer.json()


@pytest.mark.parametrize("other", [{"order_id": "ord-2"}, {"account_id": "acc-2"}, {"line": 2}])
async def test_a_request_id_opens_only_the_line_it_was_decided_for(other: dict[str, Any]) -> None:
    answer = await ask(door(shop(say.revealed(1)), ByHand()), **other)
    assert (answer.status_code, answer.json()["code"]) == (409, "OTHER_REQUEST")


@pytest.mark.parametrize("wrong", [{"secret": b"another"}, {"off_s": 61}, {"off_s": -61}])
async def test_nobody_but_the_gateway_just_now_is_let_in(wrong: dict[str, Any]) -> None:
    answer = await ask(door(shop(say.revealed(1)), ByHand()), **wrong)
    assert (answer.status_code, answer.json()["code"]) == (401, "UNSIGNED")


@pytest.mark.parametrize("body", [b"[]", b'{"order_id": "ord-1"}', b"{", b"\xff"])
async def test_a_body_that_is_no_request_is_refused(body: bytes) -> None:
    answer = await ask(door(shop(), ByHand()), body=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


async def test_a_body_longer_than_any_request_is_refused_unread() -> None:
    answer = await ask(door(shop(), ByHand()), body=b"x" * (BODY_BYTES_MAX + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_a_card_that_cannot_be_opened_is_said_to_be_so() -> None:
    unreadable = InMemory(say.prepared(1), say.delivered(1), say.revealed(1))
    answer = await ask(door(unreadable, ByHand()))
    assert (answer.status_code, answer.json()["code"]) == (500, "CARD_UNREADABLE")


async def test_no_code_is_ever_logged() -> None:
    with structlog.testing.capture_logs() as logged:
        await ask(door(shop(say.revealed(1)), ByHand()))
        await ask(door(InMemory(*sealed_line(), say.revealed(1)), ByHand()), secret=b"another")
    assert not [code for code in CODES if code in str(logged)]


async def test_a_top_up_s_receipt_is_shown_as_it_is() -> None:
    facts = (say.topup_prepared(1), say.submitted(), say.confirmed("R-1"))
    answer = await ask(door(InMemory(*facts, say.revealed(1, card_ids=())), ByHand()))
    (receipt,) = answer.json()["cards"]
    assert (receipt["code"], receipt["masked"]) == ("R-1", "R-1")
