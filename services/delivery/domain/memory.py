"""What a top-up remembers after each of its facts. Total: it never raises."""

from typing import assert_never

from msgspec.structs import replace

from shared.contracts.delivery import (
    DeliveryAwaited,
    DeliveryFailed,
    DeliveryUncertain,
    TopUpConfirmed,
    TopUpContradicted,
    TopUpQueried,
    TopUpRefused,
    TopUpSubmitted,
)

from .state import Asking, GivenUp, Job, Promised, State, Submitting, ToppedUp, Unsure, job_of

TopUpEvent = (
    DeliveryAwaited | TopUpSubmitted | DeliveryUncertain | TopUpQueried | TopUpRefused
    | TopUpConfirmed | TopUpContradicted | DeliveryFailed
)  # fmt: skip


def after(reservation_id: str, state: State | None, fact: TopUpEvent) -> State | None:
    """The top-up after the fact."""
    match fact:
        case DeliveryAwaited(lines=holds):
            mine = next((hold for hold in holds if hold.reservation_id == reservation_id), None)
            return Promised(mine.quantity, mine.target or "") if mine else state
        case TopUpSubmitted():
            return Submitting(_sent(state, fact), fact.call_id)
        case DeliveryUncertain():
            return _unsure(state, fact)
        case TopUpQueried():
            return _asking(state, fact)
        case TopUpConfirmed():
            return ToppedUp()
        case TopUpContradicted():
            return replace(state, contradicted=True) if isinstance(state, GivenUp) else state
        case DeliveryFailed():
            return _given_up(state, fact)
        case TopUpRefused():
            return state  # what becomes of it stands beside this fact
        case _ as never:
            assert_never(never)


def _sent(state: State | None, fact: TopUpSubmitted) -> Job:
    """A request that is sent again has been asked about before; one to another supplier has not."""
    before = job_of(state)
    same = before is not None and before.request_id == fact.request_id
    tried = before.tried if before else ()
    return Job(
        fact.order_id, fact.account_id, fact.line, fact.reservation_id, fact.sku, fact.quantity,
        fact.target, fact.supplier, fact.others, fact.request_id, fact.since_ms, fact.calls,
        before.asks if before and same else 0, tried if same else (*tried, fact.request_id),
    )  # fmt: skip


def _unsure(state: State | None, fact: DeliveryUncertain) -> State | None:
    job = job_of(state)
    return Unsure(job, fact.ask_ms, fact.again) if job else state


def _asking(state: State | None, fact: TopUpQueried) -> State | None:
    job = job_of(state)
    return Asking(replace(job, asks=fact.asks), fact.call_id) if job else state


def _given_up(state: State | None, fact: DeliveryFailed) -> GivenUp:
    job = job_of(state)
    return GivenUp(fact.account_id, job.line, job.tried) if job else GivenUp(fact.account_id)
