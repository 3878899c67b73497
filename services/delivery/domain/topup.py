"""A top-up at its supplier: sent under one request id, and unknown until somebody knows.

While nobody knows there is no refund and no second try; the next supplier is tried only after the
one before it has refused for certain.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.contracts.delivery import (
    DeliveryFailed,
    DeliveryUncertain,
    TopUpConfirmed,
    TopUpContradicted,
    TopUpQueried,
    TopUpRefused,
    TopUpSubmitted,
)
from shared.contracts.message import Fact
from shared.contracts.orders import Hold
from shared.kernel.decider import Elapsed
from shared.kernel.ids import derive

from .limits import Limits
from .outcomes import MEANINGS, Code, Verdict
from .state import Asking, GivenUp, Job, State, Submitting, Unsure

Failure = Literal["NO_SUPPLIER", "SUPPLIERS_REFUSED", "WRONG_ACCOUNT", "RESOLVED_FAILED"]
OPEN: Final = (Submitting, Unsure, Asking)


@dataclass(frozen=True, slots=True)
class SupplierAnswered:
    """What a supplier said to one call, as its adapter understood it."""

    order_id: str
    account_id: str
    reservation_id: str
    request_id: str
    call_id: str
    code: Code
    receipt: str
    """With DONE; else empty."""
    now_ms: int
    limits: Limits


def request_id(reservation_id: str, supplier: str) -> str:
    """The one request of a line at this supplier."""
    return derive("topup", reservation_id, supplier)


def first(
    order_id: str, account_id: str, hold: Hold, suppliers: tuple[str, ...], now_ms: int
) -> TopUpSubmitted | DeliveryFailed:
    """To the first supplier; where there is none it fails at once."""
    target = hold.target or ""
    job = Job(
        order_id, account_id, hold.line, hold.reservation_id, hold.sku, hold.quantity, target,
        supplier="", others=suppliers, request_id="", since_ms=now_ms,
    )  # fmt: skip
    return _next(job, "NO_SUPPLIER")


def decide_answer(topup: State | None, command: SupplierAnswered) -> list[Fact]:
    """What is known now. A word about an earlier call counts only where it is that it is done."""
    if isinstance(topup, GivenUp):
        return _contradiction(topup, command)
    if not isinstance(topup, OPEN) or topup.job.request_id != command.request_id:
        return []
    job, done = topup.job, command.code == "DONE"
    if done:
        return [confirmed(job, command.receipt)]
    if isinstance(topup, Unsure) or topup.call_id != command.call_id:
        return []
    meaning = MEANINGS[command.code]
    verdict = meaning.asked if isinstance(topup, Asking) else meaning.submitted
    match verdict:
        case Verdict.REFUSED:
            return [_refused(job, command.code), _next(job, "SUPPLIERS_REFUSED")]
        case Verdict.HOPELESS:
            return [_refused(job, command.code), failed(job, "WRONG_ACCOUNT")]
        case _:
            return [_uncertain(job, verdict, command)]


def decide_elapsed(topup: State | None, command: Elapsed) -> list[Fact]:
    """It is time to ask; or to send the same request again, where it never arrived."""
    if not isinstance(topup, Unsure) or topup.ask_ms is None or command.now_ms < topup.ask_ms:
        return []
    if topup.again == "submit":
        return [_submitted(topup.job, topup.job.calls + 1)]
    return [queried(topup.job)]


def confirmed(job: Job, receipt: str) -> TopUpConfirmed:
    """Delivered."""
    return TopUpConfirmed(
        **about(job),
        sku=job.sku,
        quantity=job.quantity,
        supplier=job.supplier,
        request_id=job.request_id,
        receipt=receipt,
    )


def failed(job: Job, code: Failure) -> DeliveryFailed:
    """It cannot be delivered, for certain: the line's money is to be given back."""
    hold = Hold(
        line=job.line, sku=job.sku, quantity=job.quantity, reservation_id=job.reservation_id,
        target=job.target,
    )  # fmt: skip
    return DeliveryFailed(
        order_id=job.order_id, account_id=job.account_id, lines=(hold,), code=code
    )


def queried(job: Job) -> TopUpQueried:
    """The supplier is asked once more."""
    asks = job.asks + 1
    return TopUpQueried(
        **about(job),
        supplier=job.supplier,
        request_id=job.request_id,
        call_id=derive("call", job.request_id, "ask", str(asks)),
        asks=asks,
    )


def _next(job: Job, code: Failure) -> TopUpSubmitted | DeliveryFailed:
    """To the next supplier, under a request id of its own; where there is none, the end."""
    if not job.others:
        return failed(job, code)
    supplier, *others = job.others
    return _submitted(
        Job(
            job.order_id, job.account_id, job.line, job.reservation_id, job.sku, job.quantity,
            job.target, supplier, tuple(others), request_id(job.reservation_id, supplier),
            job.since_ms,
        ),
        calls=1,
    )  # fmt: skip


def _submitted(job: Job, calls: int) -> TopUpSubmitted:
    return TopUpSubmitted(
        **about(job),
        sku=job.sku,
        quantity=job.quantity,
        target=job.target,
        supplier=job.supplier,
        others=job.others,
        request_id=job.request_id,
        call_id=derive("call", job.request_id, "submit", str(calls)),
        calls=calls,
        since_ms=job.since_ms,
    )


def _refused(job: Job, code: str) -> TopUpRefused:
    return TopUpRefused(**about(job), supplier=job.supplier, request_id=job.request_id, code=code)


def _uncertain(job: Job, verdict: Verdict, command: SupplierAnswered) -> DeliveryUncertain:
    limits, now_ms = command.limits, command.now_ms
    ask_ms = now_ms + limits.pause_ms(job.asks)
    patient = ask_ms < job.since_ms + limits.uncertain_ms_max
    return DeliveryUncertain(
        **about(job),
        supplier=job.supplier,
        request_id=job.request_id,
        code=command.code,
        asks=job.asks,
        ask_ms=ask_ms if patient else None,
        again="submit" if verdict is Verdict.SUBMIT else "ask",
    )


def _contradiction(topup: GivenUp, command: SupplierAnswered) -> list[Fact]:
    tried = command.request_id in topup.request_ids
    if topup.contradicted or not tried or command.code != "DONE":
        return []
    return [
        TopUpContradicted(
            order_id=command.order_id,
            account_id=command.account_id,
            line=topup.line,
            reservation_id=command.reservation_id,
            request_id=command.request_id,
            receipt=command.receipt,
        )
    ]


def about(job: Job) -> dict[str, Any]:
    """Which line of which order it is."""
    return {
        "order_id": job.order_id,
        "account_id": job.account_id,
        "line": job.line,
        "reservation_id": job.reservation_id,
    }
