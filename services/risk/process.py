"""What follows from risk's facts: subjects' shards are asked and told; codes are made and sent."""

from typing import Any, Final

from shared.contracts.message import Fact
from shared.contracts.risk import (
    HearSubject,
    JudgeSubject,
    ReturnUnits,
    SubjectJudged,
    SubjectsAsked,
    UnitsReturned,
)
from shared.kernel.decider import Effect, Send, ask

from .domain.state import Asking, Held, Verifying
from .domain.verifying import needs_code, unsent

CODE: Final = "verification code"
"""The kind of effect that makes a code."""
SMS: Final = "verification sms"
"""The kind of effect that sends it."""


def follows(fact: Fact) -> list[Send]:
    """What risk asks of its own other shards; orders reads the verdicts where they stand."""
    match fact:
        case SubjectsAsked():
            return _judged_there(fact)
        case SubjectJudged():
            return [ask(_heard_here(fact))]
        case UnitsReturned(subjects=subjects):
            return [
                ask(
                    ReturnUnits(
                        kind=each.kind, fingerprint=each.fingerprint, order_id=fact.order_id
                    )
                )
                for each in subjects
            ]
        case _:
            return []


def due(key: str, state: Any) -> int | None:
    """Subjects, a buyer, a person: whoever has the word has it until then."""
    return state.deadline_ms if isinstance(state, Asking | Verifying | Held) else None


def effect(key: str, state: Any) -> Effect | None:
    """The code that is to be made, then the SMS that carries it."""
    if not isinstance(state, Verifying):
        return None
    order_id = key.removeprefix("order/")
    if code_id := needs_code(state):
        case = state.case
        return Effect(code_id, CODE, (order_id, case.amount, case.currency, case.contact))
    code = unsent(state)
    return Effect(code.sms_id, SMS, (order_id, code.sealed)) if code else None


def _judged_there(fact: SubjectsAsked) -> list[Send]:
    """Units are counted where a quota asks for them, here as there."""
    return [
        ask(
            JudgeSubject(
                kind=each.kind,
                fingerprint=each.fingerprint,
                order_id=fact.order_id,
                account_id=fact.account_id,
                level=fact.level,
                received_ms=fact.received_ms,
                amount=each.amount,
                units=each.units if fact.units else 0,
            )
        )
        for each in fact.subjects
    ]


def _heard_here(fact: SubjectJudged) -> HearSubject:
    return HearSubject(
        order_id=fact.order_id,
        account_id=fact.account_id,
        kind=fact.kind,
        fingerprint=fact.fingerprint,
        action=fact.action,
        rules=fact.rules,
        dry=fact.dry,
    )
