"""An order's first verdict, and the one after its subjects have answered."""

from dataclasses import dataclass
from typing import Protocol, assert_never

from msgspec.structs import replace

from shared.contracts.message import Fact
from shared.contracts.orders import OrderPlaced
from shared.contracts.risk import (
    Action,
    After,
    HearSubject,
    JudgeSubject,
    OrderCleared,
    OrderHeld,
    SubjectHeard,
    SubjectsAsked,
)
from shared.contracts.verification import VerificationRequired
from shared.kernel import ids

from .cases import blocked, case_of, cleared, merged, said
from .limits import Limits
from .state import About, Account, Around, Asking, Case, Held, Verifying

UNANSWERED = "subjects.unanswered"
"""Stands where a rule's id would: a subject's shard was silent."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules ask for, and the ids of those that do; none for `allow`."""

    action: Action
    rules: tuple[str, ...] = ()
    dry: tuple[str, ...] = ()
    """Broken rules that are only tried out."""
    listed: bool = False
    """By a list: nobody else is asked."""


class Rules(Protocol):
    """A set of rules, pure: the same history and order have the same verdict."""

    @property
    def version(self) -> str:
        """Names the set in every verdict."""

    def judge(self, account: Account, order: OrderPlaced) -> Verdict:
        """``account``: what was ordered before this order."""

    def judge_subject(self, around: Around, asked: JudgeSubject) -> Verdict:
        """``around``: what was ordered before, by whomever."""

    def asks(self, order: OrderPlaced) -> tuple[About, ...]:
        """The subjects that a rule is about."""

    def counts(self, order: OrderPlaced) -> bool:
        """Whether a quota is about its units."""

    def tracks(self, account: Account, order: OrderPlaced) -> bool:
        """Whether they are so many that the order is to be followed to its end."""


@dataclass(frozen=True, slots=True)
class Judge:
    """An order was placed: judge it by these rules."""

    order: OrderPlaced
    rules: Rules
    now_ms: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Heed:
    """A subject's shard has answered."""

    word: HearSubject
    now_ms: int
    limits: Limits


def decide_judge(account: Account | None, command: Judge) -> list[Fact]:
    """The verdict; or first the question to the order's subjects, where rules are about them."""
    order, rules = command.order, command.rules
    verdict = rules.judge(account or Account(), order)
    open_yet = verdict.action != "block" and not verdict.listed
    subjects = rules.asks(order) if open_yet else ()
    if verdict.action == "allow" and not subjects:
        return [_cleared_at_once(account or Account(), command, verdict)]
    case = Case(
        order.account_id,
        rules.version,
        verdict.rules,
        verdict.action,
        order.received_ms,
        order.total,
        order.currency,
        _units(order) if rules.counts(order) else 0,
        subjects,
        (order.origin and order.origin.contact) or "",
        verdict.dry,
    )
    if not subjects:
        return verdict_facts(order.order_id, case, None, command.now_ms, command.limits)
    asked = SubjectsAsked(
        **said(order.order_id, case, None),
        level=order.level,
        action=case.action,
        deadline_ms=command.now_ms + command.limits.subjects_ms,
        hold_ms=command.limits.hold_ms,
    )
    return [asked]


def _cleared_at_once(account: Account, command: Judge, verdict: Verdict) -> OrderCleared:
    """As nearly all orders are. Far from its quota nobody follows what the order holds."""
    order, rules = command.order, command.rules
    counts = rules.counts(order) and not verdict.listed
    return OrderCleared(
        order_id=order.order_id,
        account_id=order.account_id,
        ruleset=rules.version,
        received_ms=order.received_ms,
        amount=order.total,
        units=_units(order) if counts else None,
        tracked=True if counts and rules.tracks(account, order) else None,
        dry=verdict.dry or None,
    )


def _units(order: OrderPlaced) -> int:
    return sum([line.quantity for line in order.lines])


def decide_heed(order: Asking, command: Heed) -> list[Fact]:
    """One answer of several is remembered; the last one brings the verdict."""
    word = command.word
    waiting = _without(order.waiting, word)
    if len(waiting) == len(order.waiting):
        return []
    if waiting:
        fact = SubjectHeard(
            order_id=word.order_id,
            account_id=word.account_id,
            kind=word.kind,
            fingerprint=word.fingerprint,
            action=word.action,
            rules=word.rules,
            dry=word.dry,
        )
        return [fact]
    case = merged(order.case, word.action, word.rules, word.dry)
    return verdict_facts(word.order_id, case, "subjects", command.now_ms, command.limits)


def verdict_facts(
    order_id: str, case: Case, after: After | None, now_ms: int, limits: Limits
) -> list[Fact]:
    """What the case's action means. Who cannot be sent a code is looked at by a person."""
    match case.action:
        case "allow":
            return [cleared(order_id, case, after)]
        case "block":
            return blocked(order_id, case, after)
        case "step_up" if case.contact:
            required = VerificationRequired(
                **said(order_id, case, after),
                code_id=ids.derive("verification", order_id, "1"),
                resend_ms=now_ms + limits.resend_ms,
                deadline_ms=now_ms + limits.verification_ms,
            )
            return [required]
        case "step_up" | "hold":
            return [OrderHeld(**said(order_id, case, after), deadline_ms=now_ms + limits.hold_ms)]
        case _ as never:
            assert_never(never)


def unanswered(order_id: str, order: Asking, now_ms: int) -> list[Fact]:
    """A subject's shard stays silent: a person looks at the order."""
    case = merged(order.case, "hold", (UNANSWERED,), ())
    limits = Limits(hold_ms=order.hold_ms)
    return verdict_facts(order_id, case, "subjects", now_ms, limits)


def asking(fact: SubjectsAsked) -> Asking:
    """All subjects have yet to answer."""
    case = case_of(fact, fact.action)
    return Asking(case, case.subjects, fact.deadline_ms, fact.hold_ms)


def heard(order: Asking, fact: SubjectHeard) -> Asking:
    """One has."""
    case = merged(order.case, fact.action, fact.rules, fact.dry)
    return replace(order, case=case, waiting=_without(order.waiting, fact))


def verifying(fact: VerificationRequired) -> Verifying:
    """The first code is to be made."""
    return Verifying(case_of(fact, "step_up"), fact.deadline_ms, fact.code_id, fact.resend_ms)


def held(fact: OrderHeld) -> Held:
    """A person is to decide."""
    return Held(case_of(fact, "hold"), fact.deadline_ms)


def _without(waiting: tuple[About, ...], word: HearSubject | SubjectHeard) -> tuple[About, ...]:
    about = (word.kind, word.fingerprint)
    return tuple([other for other in waiting if (other.kind, other.fingerprint) != about])
