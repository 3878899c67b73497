"""delivery: has this line been delivered, and who was shown its codes.

Aggregates: `order/<order>`, `cards/<reservation>`, `topup/<reservation>`, `resolution/<request>`,
`reveal/<request>`, `meter/<account>`, `looks/<order>/<line>`. Cards and top-ups are rows of their
own, so that an order stays small however much it has.
"""

from collections.abc import Iterable
from typing import assert_never

from shared.contracts.delivery import (
    CardDelivered,
    CardRevealed,
    DeliveryAwaited,
    DeliveryFailed,
    DeliveryForgotten,
    DeliveryPrepared,
    DeliveryUncertain,
    HarvestSuspected,
    ResolutionRefused,
    ResolveTopUp,
    RevealCard,
    RevealRefused,
    TopUpConfirmed,
    TopUpContradicted,
    TopUpQueried,
    TopUpRefused,
    TopUpResolved,
    TopUpSubmitted,
)
from shared.contracts.disputes import DeliverReplacement, ReplacementDelivered
from shared.contracts.message import Fact
from shared.contracts.orders import Hold
from shared.kernel.decider import Elapsed, States

from . import memory, order, resolution, reveal, topup
from .limits import Limits
from .memory import TopUpEvent
from .order import Deliver, Forget, OrderEvent, Prepare
from .reveal import Reveal
from .routes import Route, Routes, Way
from .state import Answered, Cards, Kept, Open, Resolved, State, job_of
from .topup import SupplierAnswered

__all__ = [
    "Command", "Deliver", "Event", "Forget", "Limits", "Prepare", "Reveal", "Route", "Routes",
    "State", "SupplierAnswered", "Way", "decide", "evolve", "keys",
]  # fmt: skip

Command = (
    Prepare | Deliver | Forget | Reveal | SupplierAnswered | ResolveTopUp | DeliverReplacement
    | Elapsed
)  # fmt: skip
Event = (
    OrderEvent | TopUpEvent | TopUpResolved | ResolutionRefused | CardRevealed | RevealRefused
    | HarvestSuspected
)  # fmt: skip


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    match message:
        case Prepare(reservation_id=held) if message.units:
            return (_order(message), _topup(held), _cards(held))
        case Prepare() | DeliveryPrepared():
            return (_order(message), _held(message))
        case Deliver(lines=holds) | DeliveryAwaited(lines=holds) | DeliveryFailed(lines=holds):
            return (_order(message), *map(_of_hold, holds))
        case Forget():
            return (_order(message), *_prepared(states, message))
        case DeliveryForgotten(reservation_ids=dropped):
            return (_order(message), *map(_cards, dropped))
        case CardDelivered():
            return (_order(message),)
        case DeliverReplacement() | ReplacementDelivered():
            return (_order(message), _cards(message.reservation_id))
        case TopUpSubmitted() | TopUpConfirmed() | SupplierAnswered():
            return (_order(message), _topup(message.reservation_id))
        case DeliveryUncertain() | TopUpQueried() | TopUpRefused() | TopUpContradicted():
            return (_topup(message.reservation_id),)
        case ResolveTopUp():
            return (_resolution(message), _order(message), _topup(message.reservation_id))
        case TopUpResolved() | ResolutionRefused():
            return (_resolution(message),)
        case Elapsed(key=key):
            return (key, *_of_topup(states.get(key)))
        case Reveal(asked=asked):
            own = (_reveal(asked), _order(asked), _meter(asked), _looks(asked))
            return (*own, *_delivered(states, asked))
        case CardRevealed():
            return (_reveal(message), _meter(message), _looks(message))
        case HarvestSuspected():
            return ()
        case RevealRefused():
            return (_reveal(message),)
        case _ as never:
            assert_never(never)


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    match command:
        case Prepare():
            return order.decide_prepare(
                states.get(_order(command)), states.get(_held(command)), command
            )
        case Deliver(lines=holds):
            found = {hold.reservation_id: states.get(_cards(hold.reservation_id)) for hold in holds}
            cards = {held: kept for held, kept in found.items() if isinstance(kept, Cards)}
            return order.decide_deliver(states.get(_order(command)), cards, command)
        case DeliverReplacement():
            return order.decide_replacement(states.get(_order(command)), command)
        case Forget():
            return order.decide_forget(states.get(_order(command)), command)
        case SupplierAnswered(reservation_id=reservation_id):
            return topup.decide_answer(states.get(_topup(reservation_id)), command)
        case Elapsed(key=key):
            return topup.decide_elapsed(states.get(key), command)
        case ResolveTopUp(reservation_id=reservation_id):
            if _resolution(command) in states:
                return []
            return resolution.decide_resolution(states.get(_topup(reservation_id)), command)
        case Reveal(asked=asked):
            if _reveal(asked) in states:
                return []
            shown = [states[key] for key in _delivered(states, asked) if key in states]
            meter, looks = states.get(_meter(asked)), states.get(_looks(asked))
            return reveal.decide_reveal(shown, meter, looks, command)
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    kind, _, name = key.partition("/")
    if kind == "order" and isinstance(fact, OrderEvent):
        return order.after(state, fact)
    match fact:
        case (
            DeliveryAwaited()
            | TopUpSubmitted()
            | DeliveryUncertain()
            | TopUpQueried()
            | TopUpRefused()
            | TopUpConfirmed()
            | TopUpContradicted()
            | DeliveryFailed()
        ) if kind == "topup":
            return memory.after(name, state, fact)
        case DeliveryPrepared() | ReplacementDelivered():
            return _kept(fact) if kind == "cards" else state
        case DeliveryForgotten():
            return None if kind == "cards" else state
        case TopUpResolved() | ResolutionRefused():
            return Resolved() if kind == "resolution" else state
        case CardRevealed() if kind in {"meter", "looks"}:
            return reveal.counted(state, fact)
        case CardRevealed() | RevealRefused():
            return Answered() if kind == "reveal" else state
        case (
            DeliveryAwaited()
            | CardDelivered()
            | TopUpSubmitted()
            | DeliveryUncertain()
            | TopUpQueried()
            | TopUpRefused()
            | TopUpConfirmed()
            | TopUpContradicted()
            | DeliveryFailed()
            | HarvestSuspected()
        ):
            return state
        case _ as never:
            assert_never(never)


def _kept(fact: DeliveryPrepared | ReplacementDelivered) -> Cards:
    return Cards(tuple([Kept(card.card_id, card.sealed) for card in fact.cards]))


def _prepared(states: States, command: Forget) -> list[str]:
    found = states.get(_order(command))
    return (
        [_cards(line.reservation_id) for line in found.prepared] if isinstance(found, Open) else []
    )


def _delivered(states: States, asked: RevealCard) -> list[str]:
    lines = reveal.delivered_lines(states.get(_order(asked)), asked)
    return [kept(line.reservation_id) for line in lines for kept in (_cards, _topup)]


def _of_topup(found: State | None) -> tuple[str, ...]:
    """The order that a top-up is of."""
    job = job_of(found)
    return (f"order/{job.order_id}",) if job else ()


def _of_hold(hold: Hold) -> str:
    """What a paid line is delivered from."""
    return _topup(hold.reservation_id) if hold.target else _cards(hold.reservation_id)


def _held(message: Prepare | DeliveryPrepared) -> str:
    """What is kept of a line's stock: its cards; of units there is nothing to keep."""
    named = _topup if message.units else _cards
    return named(message.reservation_id)


def _order(
    message: (
        Prepare
        | Deliver
        | Forget
        | RevealCard
        | SupplierAnswered
        | ResolveTopUp
        | DeliverReplacement
        | OrderEvent
    ),
) -> str:
    return f"order/{message.order_id}"


def _cards(reservation_id: str) -> str:
    return f"cards/{reservation_id}"


def _topup(reservation_id: str) -> str:
    return f"topup/{reservation_id}"


def _resolution(message: ResolveTopUp | TopUpResolved | ResolutionRefused) -> str:
    return f"resolution/{message.request_id}"


def _reveal(message: RevealCard | CardRevealed | RevealRefused) -> str:
    return f"reveal/{message.request_id}"


def _looks(message: RevealCard | CardRevealed) -> str:
    return f"looks/{message.order_id}/{message.line}"


def _meter(message: RevealCard | CardRevealed) -> str:
    return f"meter/{message.account_id}"
