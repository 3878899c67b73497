"""An address, a device, a target: counted in its own shard, over all accounts, one at a time."""

from dataclasses import dataclass

from shared.contracts.message import Fact
from shared.contracts.risk import JudgeSubject, ReturnUnits, SubjectJudged, SubjectReturned

from .judging import Rules
from .state import Around, Counted, State
from .windows import counted, returned


@dataclass(frozen=True, slots=True)
class Weigh:
    """Judge an order by what else is about its subject."""

    asked: JudgeSubject
    rules: Rules


def decide_weigh(around: Around | None, command: Weigh) -> SubjectJudged:
    """Counted and judged in one step: of orders that come at the same moment each sees the last."""
    asked, rules = command.asked, command.rules
    verdict = rules.judge_subject(around or Around(), asked)
    return SubjectJudged(
        kind=asked.kind,
        fingerprint=asked.fingerprint,
        order_id=asked.order_id,
        account_id=asked.account_id,
        ruleset=rules.version,
        received_ms=asked.received_ms,
        amount=asked.amount,
        units=0 if verdict.action == "block" else asked.units,
        action=verdict.action,
        rules=verdict.rules,
        dry=verdict.dry,
    )


def decide_return(order: State | None, command: ReturnUnits) -> list[Fact]:
    """The order's units count no more; [] where they do not."""
    if not isinstance(order, Counted) or not order.units:
        return []
    fact = SubjectReturned(
        kind=command.kind,
        fingerprint=command.fingerprint,
        order_id=command.order_id,
        units=order.units,
    )
    return [fact]


def around(key: str, state: State | None, fact: SubjectJudged | SubjectReturned) -> State:
    """The subject, or what is known of one order with it, after the fact."""
    if not key.startswith("subject/"):
        return Counted(fact.units if isinstance(fact, SubjectJudged) else 0)
    before = state if isinstance(state, Around) else Around()
    if isinstance(fact, SubjectJudged):
        return counted(before, fact.received_ms, fact.amount, fact.units)
    return returned(before, fact.units)
