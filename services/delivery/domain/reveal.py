"""A reveal: the owner, and nobody else, is shown the codes of a delivered line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shared.contracts.delivery import CardRevealed, HarvestSuspected, RevealCard, RevealRefused
from shared.contracts.message import Fact

from .limits import Limits
from .state import Cards, Line, Meter, Paid, State

HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Reveal:
    """The owner asks, now, within these limits."""

    asked: RevealCard
    now_ms: int
    limits: Limits


def delivered_lines(order: State | None, asked: RevealCard) -> tuple[Line, ...]:
    """What was delivered of the line that is asked for, to who asks; replacements come last."""
    if not isinstance(order, Paid) or order.account_id != asked.account_id:
        return ()
    return tuple([line for line in order.delivered if line.line == asked.line])


def decide_reveal(
    shown: Sequence[State], meter: State | None, looks: State | None, command: Reveal
) -> list[Fact]:
    """Shown, or refused; ``shown`` is what the delivered line consists of, empty where none is.

    A top-up has no card: its receipt is shown. ``meter`` counts for the account, ``looks`` for the
    line.
    """
    if not shown:
        return [_refused(command.asked, "NOT_DELIVERED")]
    limits, asked = command.limits, command.asked
    reveals = _this_hour(meter, command)
    spent = reveals >= limits.reveals_per_hour_max
    if spent or _this_hour(looks, command) >= limits.reveals_of_line_per_hour_max:
        return [_refused(asked, "REVEAL_LIMIT")]
    facts: list[Fact] = [
        CardRevealed(
            order_id=asked.order_id,
            account_id=asked.account_id,
            line=asked.line,
            request_id=asked.request_id,
            card_ids=tuple(
                card.card_id for part in shown if isinstance(part, Cards) for card in part.cards
            ),
            revealed_ms=command.now_ms,
        )
    ]
    if reveals + 1 == limits.harvest_per_hour:
        facts.append(_harvest(asked, reveals + 1, command.now_ms))
    return facts


def counted(meter: State | None, fact: CardRevealed) -> Meter:
    """The meter of the account, or of the line, after one more reveal."""
    hour = fact.revealed_ms // HOUR_MS
    if isinstance(meter, Meter) and meter.hour == hour:
        return Meter(hour, meter.reveals + 1)
    return Meter(hour, 1)


def _this_hour(meter: State | None, command: Reveal) -> int:
    same = isinstance(meter, Meter) and meter.hour == command.now_ms // HOUR_MS
    return meter.reveals if isinstance(meter, Meter) and same else 0


def _harvest(asked: RevealCard, reveals: int, now_ms: int) -> HarvestSuspected:
    return HarvestSuspected(
        account_id=asked.account_id,
        order_id=asked.order_id,
        reveals=reveals,
        hour=now_ms // HOUR_MS,
    )


def _refused(asked: RevealCard, code: Literal["NOT_DELIVERED", "REVEAL_LIMIT"]) -> RevealRefused:
    return RevealRefused(
        order_id=asked.order_id,
        account_id=asked.account_id,
        line=asked.line,
        request_id=asked.request_id,
        code=code,
    )
