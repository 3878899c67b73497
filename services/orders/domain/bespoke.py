"""What is on no shelf: asked for, quoted, and ordered at the quoted price (E4, B4).

`custom/<request id>` has the request. A quote that is accepted is an order like any other, of a
SKU that only this request has: what stands on the shelf for it is the quote.
"""

from collections.abc import Iterable
from dataclasses import replace as with_
from typing import Final, Literal

from msgspec.structs import replace

from shared.contracts.bespoke import (
    CloseRequest,
    GiveQuote,
    QuoteExpired,
    QuoteGiven,
    QuoteRefused,
    QuoteRequested,
    RequestClosed,
    RequestQuote,
    custom_sku,
)
from shared.contracts.catalog import Offer
from shared.contracts.message import Fact
from shared.contracts.orders import (
    OrderCancelled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PlaceOrder,
)
from shared.kernel.decider import Elapsed, States

from .bespoke_state import Asked, Bespoke, Closed, Quoted
from .offering import Offered
from .placing import Place
from .state import State

BespokeWord = RequestQuote | GiveQuote | CloseRequest
BespokeFact = QuoteRequested | QuoteGiven | QuoteExpired | RequestClosed | QuoteRefused
Refusal = Literal["UNKNOWN_REQUEST", "NOT_OPEN", "ORDERED", "BAD_QUOTE", "REASON_REQUIRED"]

CUSTOM: Final = "custom/"
SAID: Final = "said/"
BUYER: Final = "buyer"


def keys(message: BespokeWord | BespokeFact) -> Iterable[str]:
    """The request, and where it is remembered what was said."""
    custom = CUSTOM + message.custom_id
    match message:
        case GiveQuote() | CloseRequest() | QuoteGiven() | RequestClosed():
            return (custom, SAID + message.request_id)
        case QuoteRefused():
            return (SAID + message.request_id,)
        case _:
            return (custom,)


def keys_of_order(message: PlaceOrder | OrderPlaced) -> tuple[str, ...]:
    """What an order that accepts a quote reads or changes beside itself."""
    return () if message.quote is None else (CUSTOM + message.quote,)


def decide(states: States, said: BespokeWord) -> list[Fact]:
    """What the word comes to; [] where it was heard before."""
    custom: Bespoke | None = states.get(CUSTOM + said.custom_id)
    if isinstance(said, RequestQuote):
        return [] if custom else [QuoteRequested(**said.model_dump())]
    if SAID + said.request_id in states:
        return []
    if custom is None or custom.account_id != said.account_id:
        return [_refused(said, "UNKNOWN_REQUEST")]
    if isinstance(custom, Closed):
        return [_refused(said, "NOT_OPEN")]
    if isinstance(custom, Quoted) and custom.order_id:
        return [_refused(said, "ORDERED")]
    return [_quoted(said) if isinstance(said, GiveQuote) else _closed(said)]


def decide_elapsed(custom: Quoted, command: Elapsed) -> list[Fact]:
    """Nobody has accepted it in time."""
    if not custom.order_id and command.now_ms >= custom.until_ms:
        custom_id = command.key.removeprefix(CUSTOM)
        return [QuoteExpired(custom_id=custom_id, account_id=custom.account_id)]
    return []


def offered(command: Place, states: States) -> Place:
    """The order, beside its quote where it accepts one: nothing else is then on its shelf."""
    wanted = command.wanted
    if wanted.quote is None:
        return command
    custom = states.get(CUSTOM + wanted.quote)
    if not isinstance(custom, Quoted) or custom.account_id != wanted.account_id:
        return with_(command, shelf={}, objection="QUOTE_UNKNOWN")
    if wanted.received_ms > custom.until_ms:
        return with_(command, shelf={}, objection="QUOTE_EXPIRED")
    if custom.order_id:
        return with_(command, shelf={}, objection="QUOTE_ORDERED")
    if [line.quantity for line in wanted.lines] != [custom.quantity] or wanted.coupon:
        return with_(command, shelf={}, objection="QUOTE_CHANGED")
    sku = custom_sku(wanted.quote)
    return with_(command, shelf={sku: _on_shelf(sku, custom)})


def after(state: State | None, fact: Fact) -> Bespoke | None:
    """The request after the fact."""
    custom = state if isinstance(state, Bespoke) else None
    match fact:
        case QuoteRequested():
            return Asked(fact.account_id)
        case QuoteGiven():
            return Quoted(
                fact.account_id, fact.name, fact.quantity, fact.unit_price, fact.currency,
                fact.until_ms, fact.shape,
            )  # fmt: skip
        case OrderPlaced() if isinstance(custom, Quoted):
            return replace(custom, order_id=fact.order_id)
        case OrderRejected() | OrderCancelled() | OrderExpired() if isinstance(custom, Quoted):
            mine = custom.order_id == fact.order_id
            return replace(custom, order_id="") if mine else custom
        case QuoteExpired() | RequestClosed():
            return Closed(fact.account_id)
        case _:
            return custom


def due_ms(custom: Quoted) -> int | None:
    """When a quote that nobody has accepted ends."""
    return None if custom.order_id else custom.until_ms


def _on_shelf(sku: str, quote: Quoted) -> Offered:
    offer = Offer(
        sku=sku, name=quote.name, face_value=0, price=quote.unit_price,
        member_price=quote.unit_price, quantity_max=quote.quantity,
    )  # fmt: skip
    return Offered(sku, quote.name, "card", quote.currency, 0, offer, shape=quote.shape)


def _quoted(said: GiveQuote) -> QuoteGiven | QuoteRefused:
    if not said.by.strip():
        return _refused(said, "REASON_REQUIRED")
    if said.quantity < 1 or said.unit_price < 1 or not said.name.strip():
        return _refused(said, "BAD_QUOTE")
    return QuoteGiven(**said.model_dump())


def _closed(said: CloseRequest) -> RequestClosed | QuoteRefused:
    buyer = said.by == BUYER
    if not said.by.strip() or not (buyer or said.reason.strip()):
        return _refused(said, "REASON_REQUIRED")
    return RequestClosed(**said.model_dump(), code="WITHDRAWN" if buyer else "DECLINED")


def _refused(said: GiveQuote | CloseRequest, code: Refusal) -> QuoteRefused:
    return QuoteRefused(
        custom_id=said.custom_id,
        account_id=said.account_id,
        request_id=said.request_id,
        code=code,
    )
