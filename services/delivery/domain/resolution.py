"""A person takes a top-up that nobody knows about, and says what became of it."""

from typing import Literal

from shared.contracts.delivery import ResolutionRefused, ResolveTopUp, TopUpRefused, TopUpResolved
from shared.contracts.message import Fact

from . import topup
from .state import Job, State, job_of

RESOLVED: Literal["RESOLVED_FAILED"] = "RESOLVED_FAILED"


def decide_resolution(found: State | None, command: ResolveTopUp) -> list[Fact]:
    """The person's word, and what follows from it at once; refused where nothing is open.

    Whoever says that it failed answers for it: no other supplier is tried, the money goes back.
    """
    job = job_of(found)
    if job is None or job.account_id != command.account_id:
        return [_refused(command, "UNKNOWN_TOPUP" if found is None else "NOT_OPEN")]
    if command.supplier not in {None, job.supplier}:
        return [_refused(command, "NOT_OPEN")]  # refused there since, and sent to the next one
    if command.outcome == "delivered" and not command.receipt:
        return [_refused(command, "RECEIPT_REQUIRED")]
    return [_resolved(job, command), *_consequence(job, command)]


def _consequence(job: Job, command: ResolveTopUp) -> list[Fact]:
    match command.outcome:
        case "delivered":
            return [topup.confirmed(job, command.receipt or "")]
        case "failed":
            refused = TopUpRefused(
                **topup.about(job), supplier=job.supplier, request_id=job.request_id, code=RESOLVED
            )
            return [refused, topup.failed(job, RESOLVED)]
        case "ask":
            return [topup.queried(job)]


def _resolved(job: Job, command: ResolveTopUp) -> TopUpResolved:
    return TopUpResolved(
        **topup.about(job),
        request_id=command.request_id,
        outcome=command.outcome,
        by=command.by,
        reason=command.reason,
    )


def _refused(
    command: ResolveTopUp, code: Literal["UNKNOWN_TOPUP", "NOT_OPEN", "RECEIPT_REQUIRED"]
) -> ResolutionRefused:
    return ResolutionRefused(
        order_id=command.order_id,
        account_id=command.account_id,
        reservation_id=command.reservation_id,
        request_id=command.request_id,
        code=code,
    )
