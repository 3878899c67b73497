"""Accounts in our people's hands: blocked with a reason, let in again, given a level (D3, F5)."""

from typing import Any, Final

import pytest

from services.gateway import domain
from services.gateway.door.accounts import masked
from services.gateway.projections.standing import of_order, statements
from shared.contracts.accounts import (
    AccountBlocked,
    AccountLevelSet,
    AccountRefused,
    AccountUnblocked,
    BlockAccount,
    SetAccountLevel,
    UnblockAccount,
)
from shared.contracts.gateway import ApiKeyRevoked
from shared.contracts.message import Fact
from shared.contracts.orders import OrderCancelled
from shared.testing.scenario import Given
from shared.testing.scenario import given as given_by

WHOSE: Final[Any] = {"account_id": "acc-1", "reason": "盗刷", "by": "risk-1"}


LEVEL: Final = AccountLevelSet(**WHOSE, request_id="l-1", level="member")
ENDED: Final = ApiKeyRevoked(**WHOSE, request_id="k-1", key_id="key-1")


def given(*facts: Fact) -> Given:
    return given_by(domain, *facts)


def block(name: str = "b-1", **changes: Any) -> BlockAccount:
    return BlockAccount(**{**WHOSE, "request_id": name, **changes})


def blocked(name: str = "b-1", **changes: Any) -> AccountBlocked:
    return AccountBlocked(**block(name, **changes).model_dump())


def unblock(name: str = "u-1") -> UnblockAccount:
    return UnblockAccount(**WHOSE, request_id=name)


def unblocked(name: str = "u-1") -> AccountUnblocked:
    return AccountUnblocked(**WHOSE, request_id=name)


def refused(code: Any, name: str) -> AccountRefused:
    return AccountRefused(account_id="acc-1", request_id=name, code=code, by="risk-1")


def test_an_account_is_blocked_and_let_in_again_with_who_and_why() -> None:
    given().when(block()).then(blocked())
    given(blocked()).when(unblock()).then(unblocked())
    given(blocked(), unblocked()).when(block("b-2")).then(blocked("b-2"))


def test_of_two_who_block_at_once_the_second_learns_that_it_was_done() -> None:
    given(blocked()).when(block("b-2")).then(refused("ALREADY_BLOCKED", "b-2"))
    given().when(unblock()).then(refused("NOT_BLOCKED", "u-1"))
    given(blocked(), unblocked()).when(unblock("u-2")).then(refused("NOT_BLOCKED", "u-2"))


def test_an_old_word_that_comes_once_more_undoes_nothing() -> None:
    given(blocked(), unblocked()).when(block()).then_nothing()
    given(blocked(), unblocked(), blocked("b-2")).when(unblock()).then_nothing()


def test_blocking_one_account_leaves_another_as_it_is() -> None:
    given(blocked()).when(block("b-2", account_id="acc-2")).then(blocked("b-2", account_id="acc-2"))


def test_a_level_is_set_blocked_or_not() -> None:
    level: Any = {**WHOSE, "request_id": "l-1", "level": "member"}
    for history in ((), (blocked(),)):
        given(*history).when(SetAccountLevel(**level)).then(AccountLevelSet(**level))


def test_every_deed_of_our_people_is_told_to_the_auditor_with_who_and_why() -> None:
    rows = [statements(fact, 7)[-1][1] for fact in (blocked(), unblocked(), LEVEL, ENDED)]
    assert [row[2:5] for row in rows] == [
        ("blocked", "acc-1", ""), ("unblocked", "acc-1", ""), ("level", "acc-1", "member"),
        ("key_ended", "acc-1", "key-1"),
    ]  # fmt: skip
    assert {row[5:] for row in rows} == {("risk-1", "盗刷")}


def test_what_people_do_to_their_own_is_no_deed_of_ours() -> None:
    own = ApiKeyRevoked(account_id="acc-1", request_id="k-1", key_id="key-1", by="acc-1")
    assert statements(own, 7) == []
    assert of_order(OrderCancelled(order_id="o", account_id="acc-1", by="buyer"), 7) is None


@pytest.mark.parametrize(
    ("phone", "seen"),
    [("13812345678", "138****5678"), ("4412345678", "44****5678"), ("123456", "****3456")],
)
def test_of_a_phone_no_more_is_seen_than_its_ends(phone: str, seen: str) -> None:
    """Half of a short one is hidden (D5)."""
    assert masked(phone) == seen
