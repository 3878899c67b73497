"""Money comes into a wallet once, by double entry, or is refused with a reason."""

import pytest

from services.payments import domain
from services.payments.domain.wallet import DEPOSIT_AMOUNT_MAX
from shared.testing.scenario import given
from tests.unit.payments.examples import deposit, deposit_refused, deposited


def test_a_deposit_is_in_the_wallet() -> None:
    given(domain).when(deposit(5_000)).then(deposited(5_000))


def test_a_second_deposit_adds_to_the_first() -> None:
    given(domain, deposited(5_000)).when(deposit(700)).then(deposited(700, balance=5_700))


def test_a_deposit_is_taken_once_whatever_came_after_it() -> None:
    given(domain, deposited(5_000), deposited(700, balance=5_700)).when(
        deposit(5_000)
    ).then_nothing()


@pytest.mark.parametrize("amount", [0, -1, DEPOSIT_AMOUNT_MAX + 1])
def test_an_amount_that_cannot_be_meant_is_refused(amount: int) -> None:
    given(domain).when(deposit(amount)).then(deposit_refused(amount, "BAD_AMOUNT"))


def test_the_largest_deposit_is_taken() -> None:
    given(domain).when(deposit(DEPOSIT_AMOUNT_MAX)).then(deposited(DEPOSIT_AMOUNT_MAX))


def test_a_currency_that_the_wallet_does_not_hold_is_refused() -> None:
    given(domain).when(deposit(5_000, currency="USD")).then(deposit_refused(5_000, "BAD_CURRENCY"))


def test_a_refused_deposit_stays_refused() -> None:
    given(domain, deposit_refused(5_000, "BAD_CURRENCY")).when(deposit(5_000)).then_nothing()
