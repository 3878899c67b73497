"""What is on no shelf: asked for, quoted, ordered at the quoted price, or let go (E4, B4)."""

from typing import Any

from services.orders import process
from shared.contracts.bespoke import QuoteExpired
from shared.contracts.orders import LineError
from shared.kernel.decider import Elapsed
from tests.unit.orders import examples as say
from tests.unit.orders import papers
from tests.unit.orders.papers import CUSTOM, OF, UNTIL_MS

KEY = f"custom/{CUSTOM}"
WISH = (papers.wished(),)
QUOTED = (*WISH, papers.quoted())
GONE = "order-2"


def turned_away(code: str) -> Any:
    return say.rejected(code, wanted=papers.accepting().wanted.lines)


def test_a_request_is_quoted_and_the_quote_becomes_an_order_at_its_price() -> None:
    say.given().when(papers.wishing()).then(*WISH)
    say.given(*WISH).when(papers.quoting()).then(papers.quoted())
    say.given(*QUOTED).when(papers.accepting()).then(papers.ordered())


def test_a_newer_quote_takes_the_place_of_an_older_one() -> None:
    cheaper = papers.quoting(request_id="q-2", unit_price=45_000)
    newer = papers.quoted(request_id="q-2", unit_price=45_000)
    say.given(*QUOTED).when(cheaper).then(newer)
    wrong = LineError(line=1, code="PRICE_CHANGED", unit_price=45_000)
    refused = say.rejected("PRICE_CHANGED", wrong, wanted=papers.accepting().wanted.lines)
    say.given(*QUOTED, newer).when(papers.accepting()).then(refused)


def test_a_quote_cannot_be_accepted_after_its_time_by_another_or_in_part() -> None:
    late = papers.accepting(received_ms=UNTIL_MS + 1)
    say.given(*QUOTED).when(late).then(turned_away("QUOTE_EXPIRED"))
    say.given(*WISH).when(papers.accepting()).then(turned_away("QUOTE_UNKNOWN"))
    say.given(papers.wished(account_id="acc-2"), papers.quoted(account_id="acc-2")).when(
        papers.accepting()
    ).then(turned_away("QUOTE_UNKNOWN"))
    two = papers.accepting(quantity=2)
    changed = say.rejected("QUOTE_CHANGED", wanted=two.wanted.lines)
    say.given(*QUOTED).when(two).then(changed)


def test_what_is_quoted_is_on_no_shelf_for_an_order_that_names_no_quote() -> None:
    plain = papers.accepting(quote=None)
    off = LineError(line=1, code="OFF_SHELF")
    refused = say.rejected("OFF_SHELF", off, wanted=plain.wanted.lines)
    say.given(*QUOTED).when(plain).then(refused)


def test_a_quote_is_accepted_once_and_again_only_after_its_order_ended_unpaid() -> None:
    taken = (*QUOTED, papers.ordered(order_id=GONE))
    say.given(*taken).when(papers.accepting()).then(turned_away("QUOTE_ORDERED"))
    lapsed = say.cancelled().model_copy(update={"order_id": GONE})
    say.given(*taken, lapsed).when(papers.accepting()).then(papers.ordered())
    for word in (papers.quoting(request_id="q-2"), papers.closing()):
        refused = papers.no_quote("ORDERED", word.request_id)
        say.given(*taken).when(word).then(refused)


def test_the_buyer_withdraws_and_the_shop_declines_with_a_reason() -> None:
    for before in (WISH, QUOTED):
        say.given(*before).when(papers.closing()).then(papers.closed())
        say.given(*before).when(papers.closing("zhao")).then(papers.closed("zhao"))
    silent = papers.closing("zhao", reason=" ")
    say.given(*WISH).when(silent).then(papers.no_quote("REASON_REQUIRED", "c-1"))
    after = (*WISH, papers.closed())
    say.given(*after).when(papers.quoting()).then(papers.no_quote("NOT_OPEN", "q-1"))
    say.given(*after).when(papers.accepting()).then(turned_away("QUOTE_UNKNOWN"))


def test_only_whose_request_it_is_may_speak_of_it_and_a_quote_has_a_price() -> None:
    stranger = papers.closing(account_id="acc-2")
    refused = papers.no_quote("UNKNOWN_REQUEST", "c-1").model_copy(
        update={"account_id": "acc-2"}
    )  # fmt: skip
    say.given(*WISH).when(stranger).then(refused)
    for bad in (papers.quoting(unit_price=0), papers.quoting(quantity=0), papers.quoting(name="")):
        say.given(*WISH).when(bad).then(papers.no_quote("BAD_QUOTE", "q-1"))


def test_a_quote_that_nobody_accepts_ends_in_time() -> None:
    on_time = Elapsed(KEY, UNTIL_MS)
    say.given(*QUOTED).when(on_time).then(QuoteExpired(**OF))
    say.given(*QUOTED).when(Elapsed(KEY, UNTIL_MS - 1)).then_nothing()
    say.given(*QUOTED, papers.ordered()).when(on_time).then_nothing()
    world = say.given(*QUOTED).when(Elapsed(KEY, 0)).then_nothing()
    assert process.due(KEY, world.states[KEY]) == UNTIL_MS
    world.fold(papers.ordered())
    assert process.due(KEY, world.states[KEY]) is None


def test_a_quote_whose_order_ended_unpaid_is_open_again_and_ends_in_time() -> None:
    lapsed = say.cancelled().model_copy(update={"order_id": GONE})
    taken = (*QUOTED, papers.ordered(order_id=GONE))
    world = say.given(*taken, lapsed).when(Elapsed(KEY, 0)).then_nothing()
    assert process.due(KEY, world.states[KEY]) == UNTIL_MS
    say.given(*taken, lapsed).when(Elapsed(KEY, UNTIL_MS)).then(QuoteExpired(**OF))
