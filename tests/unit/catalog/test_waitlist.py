"""Who waits is told once, the longest first, one for each unit that comes (A10)."""

from services.catalog import domain, process
from services.catalog.domain.waitlist import SMS_MAX, WAITING_MAX
from services.catalog.handlers import card_came, units_came
from shared.contracts.inventory import QuotaGranted, StockReceived
from shared.contracts.sms import TellBySms
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


def test_who_wants_an_sms_gets_one_once_and_who_does_not_is_told_by_the_page() -> None:
    history = (say.joined(1, sealed="b1.1"), say.joined(2), say.joined(3, sealed="b1.3"))
    told = say.told(1, 2, 3, name="grant", by_sms=(1, 3))
    given(domain, *history).when(say.come("grant", 9)).then(told)
    assert [(send.topic, send.key, send.message) for send in process.follows(told)] == [
        ("gateway.commands", f"acc-{n}",
         TellBySms(account_id=f"acc-{n}", sms_id=f"sub-{n}", sealed=f"b1.{n}"))
        for n in (1, 3)
    ]  # fmt: skip
    given(domain, *history, told).when(say.come("card-2")).then()


def test_who_left_gets_no_sms() -> None:
    gone = (say.joined(1, sealed="b1.1"), say.left())
    given(domain, *gone).when(say.come()).then()


def test_one_restock_sends_so_many_messages_at_most() -> None:
    history = [say.joined(n, sealed=f"b1.{n}") for n in range(SMS_MAX + 1)]
    everybody = tuple(range(SMS_MAX + 1))
    told = say.told(*everybody, name="grant", by_sms=everybody[:SMS_MAX])
    given(domain, *history).when(say.come("grant", SMS_MAX + 1)).then(told)


def test_what_was_said_before_there_were_messages_sends_none() -> None:
    assert process.follows(say.told(1, 2)) == []


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
