"""Who waits is told once, the longest first, one for each unit that comes (A10)."""

from services.catalog import domain
from services.catalog.domain.waitlist import WAITING_MAX
from services.catalog.handlers import card_came, units_came
from shared.contracts.inventory import QuotaGranted, StockReceived
from shared.shards.service import Arrival
from shared.testing.scenario import given
from tests.unit.catalog import waiting as say

NOW = Arrival(7, {})


def test_each_unit_tells_the_one_who_has_waited_longest_and_only_once() -> None:
    given(domain).when(say.join()).then(say.joined())
    history = (say.joined(1), say.joined(2), say.joined(3))
    given(domain, *history).when(say.come()).then(say.told(1))
    given(domain, *history, say.told(1)).when(say.come("card-2")).then(
        say.told(2, name="card-2")
    )  # fmt: skip
    given(domain, *history).when(say.come("grant", 2)).then(say.told(1, 2, name="grant"))
    given(domain, *history).when(say.come("grant", 9)).then(say.told(1, 2, 3, name="grant"))


def test_a_unit_that_nobody_waits_for_tells_nobody() -> None:
    given(domain).when(say.come()).then()
    given(domain, say.joined(), say.told(1)).when(say.come("card-2")).then()


def test_who_left_is_not_told_and_leaves_once() -> None:
    given(domain, say.joined()).when(say.leave()).then(say.left())
    gone = (say.joined(), say.left())
    given(domain, *gone).when(say.come()).then()
    again = say.leave(request_id="bye-again")
    given(domain, *gone).when(again).then(say.refused("NOT_WAITING", "bye-again"))
    theirs = say.leave(account_id="acc-2", request_id="bye-2")
    refused = say.refused("NOT_WAITING", "bye-2", who=2)
    given(domain, say.joined()).when(theirs).then(refused)


def test_an_account_waits_once_and_again_after_it_was_told() -> None:
    more = say.join(subscription_id="sub-more")
    given(domain, say.joined()).when(more).then(say.refused("WAITING", "sub-more"))
    told = (say.joined(), say.told(1))
    given(domain, *told).when(more).then(say.joined(subscription_id="sub-more"))


def test_a_list_is_bounded() -> None:
    full = [say.joined(n) for n in range(2, WAITING_MAX + 2)]
    given(domain, *full).when(say.join()).then(say.refused("FULL", "sub-1"))


def test_what_came_is_read_from_inventorys_own_facts() -> None:
    card = StockReceived(
        card_id="card-1", sku=say.SKU, sealed="b1.x", import_id="i", line=1, index=0
    )
    assert card_came(card, NOW) == say.come()
    quota = QuotaGranted(sku=say.SKU, request_id="grant", units=9, by="wang", reason="more")
    assert units_came(quota, NOW) == say.come("grant", 9)
