"""An order's case: what its facts say of it, and the ends that it can come to."""

from typing import Any

from msgspec.structs import replace

from shared.contracts.message import Fact
from shared.contracts.risk import Action, After, OrderBlocked, OrderCleared, UnitsReturned
from shared.contracts.risk import Case as CaseFact

from .state import SEVERITY, Case, heard, told


def cleared(order_id: str, case: Case, after: After | None) -> OrderCleared:
    """The order may go on."""
    return OrderCleared(
        order_id=order_id,
        account_id=case.account_id,
        ruleset=case.ruleset,
        received_ms=case.received_ms,
        amount=case.amount,
        units=case.units or None,
        tracked=True if case.units else None,
        after=after,
        dry=case.dry or None,
    )


def blocked(order_id: str, case: Case, after: After | None, code: str | None = None) -> list[Fact]:
    """The order must not go on; what was counted for it is returned."""
    block = OrderBlocked(
        order_id=order_id,
        account_id=case.account_id,
        ruleset=case.ruleset,
        rules=case.rules,
        received_ms=case.received_ms,
        amount=case.amount,
        code=code,
        after=after,
        dry=case.dry or None,
    )
    return [block, *given_back(order_id, case)] if after else [block]


def given_back(order_id: str, case: Case) -> list[UnitsReturned]:
    """Its units count no more, here and with its subjects; [] where none were counted."""
    if not case.units:
        return []
    fact = UnitsReturned(
        order_id=order_id,
        account_id=case.account_id,
        units=case.units,
        subjects=told(case.subjects),
    )
    return [fact]


def said(order_id: str, case: Case, after: After | None) -> dict[str, Any]:
    """The case as its facts say it."""
    return {
        "order_id": order_id,
        "account_id": case.account_id,
        "ruleset": case.ruleset,
        "rules": case.rules,
        "received_ms": case.received_ms,
        "amount": case.amount,
        "currency": case.currency,
        "units": case.units or None,
        "subjects": told(case.subjects),
        "contact": case.contact or None,
        "after": after,
        "dry": case.dry or None,
    }


def case_of(fact: CaseFact, action: Action) -> Case:
    """The opposite of said()."""
    return Case(
        fact.account_id,
        fact.ruleset,
        fact.rules,
        action,
        fact.received_ms,
        fact.amount,
        fact.currency,
        fact.units or 0,
        heard(fact.subjects),
        fact.contact or "",
        fact.dry or (),
    )


def merged(case: Case, action: Action, rules: tuple[str, ...], dry: tuple[str, ...]) -> Case:
    """The more severe action counts, by the rules that ask for it."""
    every = (*case.dry, *dry)
    mine, theirs = SEVERITY[case.action], SEVERITY[action]
    if mine > theirs:
        return replace(case, dry=every)
    both = (*case.rules, *rules) if mine == theirs else rules
    return replace(case, action=action, rules=both, dry=every)
