"""What goes wrong with the money of comparable shops, tried on our rules and channels (C8, F6).

Each test is named after one failure of requirements.md; the shops and their reports stand there.
"""

import json

import httpx
import pytest
from hypothesis import given as every
from hypothesis import strategies as some

from services.payments import domain
from services.payments.adapters.channels import Forged
from services.payments.adapters.kapay import HEADER, Kapay, signature
from shared.contracts.charges import PaymentArrivedLate
from shared.contracts.message import Fact
from shared.contracts.payments import PaymentConfirmed
from shared.runtime.clock import SystemClock
from shared.testing.scenario import World
from tests.unit.payments import at_channels as at
from tests.unit.payments import examples as say

MANY = 10
NOW_S = 1_800_000_000
BODY = json.dumps({"type": "payment.succeeded", "data": {}}).encode()


def heard(world: World, *commands: object) -> list[Fact]:
    """All facts that these words make, one after the other."""
    made: list[Fact] = []
    for command in commands:
        facts = world.decide(command)
        world.fold(*facts)
        made += facts
    return made


def entered(facts: list[Fact], account: str) -> int:
    """What these facts have put into an account of the books, minor units."""
    postings = [each for fact in facts for each in getattr(fact, "postings", ())]
    assert sum(each.amount for each in postings) == 0, "what one gains another loses"
    return sum(each.amount for each in postings if each.account == account)


@pytest.mark.parametrize("end", [say.expired(), say.cancelled()])
def test_a_late_callback_and_the_order_is_dead_and_the_money_kept(end: Fact) -> None:
    world = World(domain).fold(*at.TO_PAY, at.closing(), at.closed(), end)
    made = heard(world, *[at.notice()] * MANY)
    assert [type(fact) for fact in made].count(PaymentArrivedLate) == 1
    assert entered(made, f"wallet:{say.ACCOUNT}") == say.PRICE
    assert entered(made, "sales") == 0


def test_several_cards_for_one_order_when_the_callback_repeats() -> None:
    """What is confirmed once is delivered once."""
    made = heard(World(domain).fold(*at.TO_PAY), *[at.notice()] * MANY, *[at.answer("PAID")] * MANY)
    assert [type(fact) for fact in made].count(PaymentConfirmed) == 1
    assert entered(made, "sales") == say.PRICE


@every(amount=some.integers(1, 10 * say.PRICE).filter(lambda amount: amount != say.PRICE))
def test_the_amount_in_the_callback_is_never_compared(amount: int) -> None:
    made = heard(World(domain).fold(*at.TO_PAY), at.notice(amount=amount))
    assert PaymentConfirmed not in map(type, made)
    assert entered(made, f"wallet:{say.ACCOUNT}") == amount


@pytest.mark.parametrize("key", [b"", b"\0", b"short"])
def test_a_forged_callback_because_an_empty_key_still_signs(key: bytes) -> None:
    ours, client = bytes(range(32)), httpx.AsyncClient()
    with pytest.raises(ValueError, match="signs nothing"):
        Kapay("http://x", ours, key, client, SystemClock())
    shop = Kapay("http://x", ours, ours, client, SystemClock())
    forged = {HEADER: signature(key, str(NOW_S), BODY)}
    for headers in (forged, {HEADER: ""}, {HEADER: f"t={NOW_S},none="}, {}):
        with pytest.raises(Forged):
            shop.read(headers, BODY, NOW_S)
