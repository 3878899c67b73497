"""A reservation: all the cards an order's line asks for, or none; then sold, or given back."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never

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

from .queue import contract_cards, kept_cards
from .state import Ended, Held, HeldUnits, Sku, State
from .threshold import threshold


@dataclass(frozen=True, slots=True)
class Limits:
    """What an installation may set."""

    quantity_max: int = 1000
    """Cards in one reservation."""
    low_stock: int = 10
    """Available cards at or under which stock has run low."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """An order asks for its cards, within these limits."""

    asked: ReserveStock
    limits: Limits


def may_hold(sku: Sku, command: Reserve) -> bool:
    """Whether the queue has what is asked for."""
    return 1 <= command.asked.quantity <= min(sku.queued, command.limits.quantity_max)


def may_hold_units(sku: Sku, command: Reserve) -> bool:
    """Whether the quota has what is asked for."""
    return 1 <= command.asked.quantity <= min(sku.quota, command.limits.quantity_max)


def reserved(sku: Sku, cards: tuple[Card, ...], command: Reserve) -> list[Fact]:
    """Held, cards or (where there are none) units; and what there is to say of what is left."""
    asked, low_stock = command.asked, threshold(sku, command.limits.low_stock)
    left = sku.available - asked.quantity
    facts: list[Fact] = [
        StockReserved(
            reservation_id=asked.reservation_id,
            sku=asked.sku,
            order_id=asked.order_id,
            line=asked.line,
            account_id=asked.account_id,
            cards=cards,
            index=sku.head,
            units=None if cards else asked.quantity,
        )
    ]
    if left <= low_stock and sku.low_until is None:
        facts.append(StockRanLow(sku=asked.sku, available=left, threshold=low_stock))
    if left == 0:
        facts.append(SoldOut(sku=asked.sku))
    return facts


def refused(sku: Sku, command: Reserve) -> StockRefused:
    """Nothing is held."""
    asked = command.asked
    possible = 1 <= asked.quantity <= command.limits.quantity_max
    return StockRefused(
        reservation_id=asked.reservation_id,
        sku=asked.sku,
        order_id=asked.order_id,
        line=asked.line,
        account_id=asked.account_id,
        code="INSUFFICIENT_STOCK" if possible else "BAD_QUANTITY",
        available=sku.available,
    )


def decide_release(
    sku: Sku, reservation: State | None, recalled: Collection[str], command: ReleaseStock
) -> list[Fact]:
    """What is held goes back to the end of the queue, without the cards that were ``recalled``.

    A release may come before the reservation it is about, or instead of it: it is remembered,
    and that reservation will hold nothing.
    """
    if isinstance(reservation, Ended):
        return []
    held = reservation.cards if isinstance(reservation, Held) else ()
    gone = contract_cards(card for card in held if card.card_id in recalled)
    return [
        StockReleased(
            reservation_id=command.reservation_id,
            sku=command.sku,
            order_id=command.order_id,
            account_id=command.account_id,
            cards=contract_cards(card for card in held if card.card_id not in recalled),
            index=sku.tail,
            units=reservation.units if isinstance(reservation, HeldUnits) else None,
            withdrawn=gone or None,
        )
    ]


def decide_commit(reservation: State | None, command: CommitStock) -> list[Fact]:
    """What is held is sold. Where nothing is held the buyer has paid for nothing: said aloud."""
    match reservation:
        case Held(cards=cards):
            return [_committed(command, len(cards))]
        case HeldUnits(units=units):
            return [_committed(command, units)]
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
    state: State | None,
    fact: StockReserved | StockRefused | StockReleased | StockCommitted | CommitRefused,
) -> Held | HeldUnits | Ended:
    """The reservation after the fact."""
    match fact:
        case StockReserved(units=int(units)):
            return HeldUnits(units)
        case StockReserved():
            return Held(kept_cards(fact.cards))
        case StockRefused():
            return Ended("refused")
        case StockReleased():
            return Ended("released")
        case StockCommitted():
            return Ended("sold", state.units if isinstance(state, HeldUnits) else 0)
        case CommitRefused():
            return Ended("commit_refused")
        case _ as never:
            assert_never(never)


def _committed(command: CommitStock, quantity: int) -> StockCommitted:
    return StockCommitted(
        reservation_id=command.reservation_id,
        sku=command.sku,
        order_id=command.order_id,
        account_id=command.account_id,
        quantity=quantity,
    )
