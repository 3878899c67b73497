"""A reservation: all the cards an order's line asks for, or none; then sold, or given back."""

from typing import Final, assert_never

from shared.contracts.inventory import (
    Card,
    CommitRefused,
    CommitStock,
    ReleaseStock,
    ReserveStock,
    SoldOut,
    StockCommitted,
    StockRanLow,
    StockRefused,
    StockReleased,
    StockReserved,
)
from shared.contracts.message import Fact

from .queue import LOW_STOCK, contract_cards, kept_cards
from .state import Ended, Held, Sku, State

QUANTITY_MAX: Final = 1000
"""Cards in one reservation."""


def may_hold(sku: Sku, command: ReserveStock) -> bool:
    """Whether the queue has what is asked for."""
    return 1 <= command.quantity <= min(sku.available, QUANTITY_MAX)


def reserved(sku: Sku, cards: tuple[Card, ...], command: ReserveStock) -> list[Fact]:
    """Held; and what there is to say of the stock that is left."""
    left = sku.available - command.quantity
    facts: list[Fact] = [
        StockReserved(
            reservation_id=command.reservation_id,
            sku=command.sku,
            order_id=command.order_id,
            line=command.line,
            account_id=command.account_id,
            cards=cards,
            index=sku.head,
        )
    ]
    if left <= LOW_STOCK and sku.low_until is None:
        facts.append(StockRanLow(sku=command.sku, available=left, threshold=LOW_STOCK))
    if left == 0:
        facts.append(SoldOut(sku=command.sku))
    return facts


def refused(sku: Sku, command: ReserveStock) -> StockRefused:
    """Nothing is held."""
    possible = 1 <= command.quantity <= QUANTITY_MAX
    return StockRefused(
        reservation_id=command.reservation_id,
        sku=command.sku,
        order_id=command.order_id,
        line=command.line,
        account_id=command.account_id,
        code="INSUFFICIENT_STOCK" if possible else "BAD_QUANTITY",
        available=sku.available,
    )


def decide_release(sku: Sku, reservation: State | None, command: ReleaseStock) -> list[Fact]:
    """What is held goes back to the end of the queue.

    A release may come before the reservation it is about, or instead of it: it is remembered,
    and that reservation will hold nothing.
    """
    if isinstance(reservation, Ended):
        return []
    return [
        StockReleased(
            reservation_id=command.reservation_id,
            sku=command.sku,
            order_id=command.order_id,
            account_id=command.account_id,
            cards=contract_cards(reservation.cards) if isinstance(reservation, Held) else (),
            index=sku.tail,
        )
    ]


def decide_commit(reservation: State | None, command: CommitStock) -> list[Fact]:
    """What is held is sold. Where nothing is held the buyer has paid for nothing: said aloud."""
    match reservation:
        case Held():
            return [
                StockCommitted(
                    reservation_id=command.reservation_id,
                    sku=command.sku,
                    order_id=command.order_id,
                    account_id=command.account_id,
                    quantity=len(reservation.cards),
                )
            ]
        case Ended(how="sold" | "commit_refused"):
            return []
        case _:
            return [
                CommitRefused(
                    reservation_id=command.reservation_id,
                    sku=command.sku,
                    order_id=command.order_id,
                    account_id=command.account_id,
                    code="RESERVATION_UNKNOWN" if reservation is None else "RESERVATION_ENDED",
                )
            ]


def after(
    fact: StockReserved | StockRefused | StockReleased | StockCommitted | CommitRefused,
) -> Held | Ended:
    """The reservation after the fact."""
    match fact:
        case StockReserved():
            return Held(kept_cards(fact.cards))
        case StockRefused():
            return Ended("refused")
        case StockReleased():
            return Ended("released")
        case StockCommitted():
            return Ended("sold")
        case CommitRefused():
            return Ended("commit_refused")
        case _ as never:
            assert_never(never)
