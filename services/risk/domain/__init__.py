"""risk: may this order go on. Each order has one verdict, at once or after somebody's word.

Aggregates: `account/<account id>` and `order/<order id>`; `try/<attempt id>` and
`request/<request id>`, so that a repeat finds its answer; and, in a subject's own shard,
`subject/<kind>/<fingerprint>` and `counted/<kind>/<fingerprint>/<order id>`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, assert_never

from shared.contracts import risk as words
from shared.contracts import verification as codes
from shared.contracts.message import Fact
from shared.kernel.decider import Elapsed, States

from . import judging, reviewing, subjects, verifying
from .judging import Heed, Judge, Rules, Verdict
from .limits import Limits
from .state import (
    Account,
    Answered,
    Around,
    Asking,
    Held,
    Holding,
    Judged,
    Minute,
    Order,
    State,
    Verifying,
)
from .subjects import Weigh
from .verifying import CodeMade, CodeSent, Resend
from .windows import MINUTE_MS, MINUTES_MAX, counted, returned

__all__ = [
    "MINUTES_MAX", "MINUTE_MS", "Account", "Around", "CodeMade", "CodeSent", "Command", "Event",
    "Heed", "Judge", "Judged", "Limits", "Minute", "Over", "Resend", "Rules", "State", "Verdict",
    "Weigh", "decide", "evolve", "keys",
]  # fmt: skip

ORDER: Final = "order/"
ACCOUNT: Final = "account/"


@dataclass(frozen=True, slots=True)
class Over:
    """The order has ended, or is paid: it holds nothing any more."""

    order_id: str
    account_id: str


Command = (
    Judge | Heed | Weigh | words.ReturnUnits | Over | CodeMade | CodeSent | Resend
    | codes.TryVerification | words.ReleaseHold | words.RefuseHold | Elapsed
)  # fmt: skip
Event = (
    words.OrderCleared | words.OrderBlocked | words.SubjectsAsked | words.SubjectHeard
    | words.OrderHeld | words.HoldReleased | words.HoldRefused | words.HoldExpired
    | words.HoldDecisionRefused | words.CaseClosed | words.UnitsReturned
    | words.SubjectJudged | words.SubjectReturned
    | codes.VerificationRequired | codes.VerificationCodeRequested
    | codes.VerificationResendRefused | codes.VerificationCodeIssued | codes.VerificationCodeSent
    | codes.VerificationRefused | codes.VerificationPassed | codes.VerificationFailed
    | codes.VerificationExpired
)  # fmt: skip


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    match message:
        case Judge(order=order):
            return (_order(order), _account(order))
        case words.OrderCleared() | words.OrderBlocked():
            return (_order(message), _account(message))
        case Elapsed(key=key):
            return _elapsed_keys(key, states.get(key))
        case Heed(word=word):
            return (_order(word), _account(word))
        case Weigh(asked=about):
            return (_subject(about), _counted(about))
        case words.ReturnUnits() | words.SubjectJudged() | words.SubjectReturned():
            return (_subject(message), _counted(message))
        case Resend(asked=asked):
            return (_order(asked), _request(asked))
        case words.HoldReleased() | words.HoldRefused() | codes.VerificationCodeRequested():
            return (_order(message), _request(message))
        case words.HoldDecisionRefused() | codes.VerificationResendRefused():
            return (_request(message),)
        case words.ReleaseHold() | words.RefuseHold():
            return (_order(message), _account(message), _request(message))
        case codes.TryVerification():
            return (_order(message), _account(message), _try(message))
        case codes.VerificationRefused(code="NOT_ASKED"):
            return (_try(message),)
        case codes.VerificationRefused() | codes.VerificationPassed() | codes.VerificationFailed():
            return (_order(message), _try(message))
        case CodeMade() | CodeSent() | codes.VerificationCodeIssued():
            return (_order(message),)
        case codes.VerificationCodeSent():
            return (_order(message),)
        case _:
            return (_order(message), _account(message))


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    match command:
        case Judge(order=order):
            if _order(order) in states:
                return []
            return judging.decide_judge(states.get(_account(order)), command)
        case Heed(word=word):
            asking = states.get(_order(word))
            return judging.decide_heed(asking, command) if isinstance(asking, Asking) else []
        case Weigh(asked=asked):
            if _counted(asked) in states:
                return []
            return [subjects.decide_weigh(states.get(_subject(asked)), command)]
        case words.ReturnUnits():
            return subjects.decide_return(states.get(_counted(command)), command)
        case Over(order_id=order_id):
            return reviewing.decide_ended(order_id, states.get(_order(command)))
        case CodeMade():
            return verifying.decide_made(states.get(_order(command)), command)
        case CodeSent():
            return verifying.decide_sent(states.get(_order(command)), command)
        case codes.TryVerification():
            known = _try(command) in states
            return [] if known else verifying.decide_try(states.get(_order(command)), command)
        case Resend(asked=wanted):
            known = _request(wanted) in states
            return [] if known else verifying.decide_resend(states.get(_order(wanted)), command)
        case words.ReleaseHold() | words.RefuseHold():
            known = _request(command) in states
            return [] if known else reviewing.decide_review(states.get(_order(command)), command)
        case Elapsed(key=key, now_ms=now_ms):
            return _decide_elapsed(key.removeprefix(ORDER), states.get(key), now_ms)
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact."""
    if key.startswith(ORDER):
        order: Any = state
        return _evolve_order(order, fact)
    if key.startswith(ACCOUNT):
        return _account_after(state if isinstance(state, Account) else Account(), fact)
    if isinstance(fact, words.SubjectJudged | words.SubjectReturned):
        return subjects.around(key, state, fact)
    return Answered()


def _evolve_order(order: Order | None, fact: Event) -> Order | None:  # a flat table
    match fact:
        case words.OrderCleared():
            return _cleared(order, fact)
        case words.OrderBlocked() | words.CaseClosed() | words.UnitsReturned():
            return Judged()
        case words.SubjectsAsked():
            return judging.asking(fact)
        case words.SubjectHeard():
            return judging.heard(order, fact) if isinstance(order, Asking) else order
        case codes.VerificationRequired():
            return judging.verifying(fact)
        case words.OrderHeld():
            return judging.held(fact)
        case codes.VerificationCodeRequested():
            return verifying.requested(order, fact)
        case codes.VerificationCodeIssued():
            return verifying.issued(order, fact)
        case codes.VerificationCodeSent():
            return verifying.sent(order, fact)
        case codes.VerificationRefused():
            return verifying.refused(order, fact)
        case (
            codes.VerificationPassed() | codes.VerificationFailed() | codes.VerificationExpired()
            | words.HoldReleased() | words.HoldRefused() | words.HoldExpired()
            | words.HoldDecisionRefused() | codes.VerificationResendRefused()
            | words.SubjectJudged() | words.SubjectReturned()
        ):  # fmt: skip
            return order
        case _ as never:
            assert_never(never)


def _account_after(account: Account, fact: Event) -> Account:
    """An order counts once, with its first verdict; a blocked one too: hammering does not help."""
    match fact:
        case words.OrderBlocked(after=None):
            return counted(account, fact.received_ms, fact.amount)
        case words.OrderCleared(after=None):
            units, tracked = fact.units or 0, bool(fact.tracked)
            return counted(account, fact.received_ms, fact.amount, units, tracked=tracked)
        case (
            words.SubjectsAsked()
            | codes.VerificationRequired(after=None) | words.OrderHeld(after=None)
        ):  # fmt: skip
            return counted(account, fact.received_ms, fact.amount, fact.units or 0)
        case words.UnitsReturned(units=units):
            return returned(account, units)
        case _:
            return account


def _cleared(order: Order | None, fact: words.OrderCleared) -> Order:
    if not fact.units or not fact.tracked:
        return Judged()
    case = order.case if isinstance(order, Asking | Verifying | Held) else None
    return Holding(fact.account_id, fact.units, case.subjects if case else ())


def _decide_elapsed(order_id: str, order: State | None, now_ms: int) -> list[Fact]:
    match order:
        case Asking(deadline_ms=deadline_ms) if now_ms >= deadline_ms:
            return judging.unanswered(order_id, order, now_ms)
        case Verifying(deadline_ms=deadline_ms) if now_ms >= deadline_ms:
            return verifying.expired(order_id, order)
        case Held(deadline_ms=deadline_ms) if now_ms >= deadline_ms:
            return reviewing.expired(order_id, order)
        case _:
            return []


def _elapsed_keys(key: str, order: State | None) -> tuple[str, ...]:
    """The order, and once that is at hand its account: its units may be returned to it."""
    if isinstance(order, Asking | Verifying | Held):
        return (key, ACCOUNT + order.case.account_id)
    return (key,)


def _order(message: Any) -> str:
    return f"{ORDER}{message.order_id}"


def _account(message: Any) -> str:
    return f"{ACCOUNT}{message.account_id}"


def _try(message: Any) -> str:
    return f"try/{message.attempt_id}"


def _request(message: Any) -> str:
    return f"request/{message.request_id}"


def _subject(about: Any) -> str:
    return f"subject/{about.kind}/{about.fingerprint}"


def _counted(about: Any) -> str:
    return f"counted/{about.kind}/{about.fingerprint}/{about.order_id}"
