"""One order, one wallet: the words that the payments tests are written in."""

from typing import Any, Final

from services.payments.domain import Limits, Pay, Retry, Terms
from shared.contracts.orders import Hold, PaymentRequested
from shared.contracts.payments import (
    CancelPayment,
    Deposit,
    DepositRefused,
    FundsDeposited,
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
    Posting,
    RetryPayment,
    RetryRefused,
)
from shared.kernel.decider import Elapsed

ACCOUNT: Final = "acc-1"
PAYMENT: Final = "pay-1"
PRICE: Final = 9_850
DEADLINE_MS: Final = 1_000_000
IN_TIME_MS: Final = DEADLINE_MS - 1
LINES: Final = (
    Hold(line=1, sku="jw-100", quantity=1, reservation_id="res-1"),
    Hold(line=3, sku="jw-50", quantity=2, reservation_id="res-3"),
)
LIMITS: Final = Limits(grace_ms=1_000, deposit_ms=5_000, ask_pause_ms_min=10, ask_pause_ms_max=40)
TERMS: Final = Terms({"yunfu": "kameng-yf", "kapay": "kameng-kp"}, LIMITS)
WHOSE: Final = {"order_id": "ord-1", "account_id": ACCOUNT, "payment_id": PAYMENT}


def deposit(amount: int, **changes: Any) -> Deposit:
    words = {"deposit_id": f"dep-{amount}", "account_id": ACCOUNT, "amount": amount}
    more = {"currency": "CNY", "source": "operator", "by": "li", "reason": "top-up"}
    return Deposit(**{**words, **more, **changes})


def deposited(amount: int, balance: int | None = None, **changes: Any) -> FundsDeposited:
    postings = (
        Posting(account="cash:operator", amount=-amount),
        Posting(account=f"wallet:{ACCOUNT}", amount=amount),
    )
    after = amount if balance is None else balance
    return FundsDeposited(
        **deposit(amount, **changes).model_dump(), postings=postings, balance=after
    )


def deposit_refused(amount: int, code: Any) -> DepositRefused:
    return DepositRefused(deposit_id=f"dep-{amount}", account_id=ACCOUNT, code=code)


def asked(**changes: Any) -> PaymentRequested:
    words = {**WHOSE, "lines": LINES, "amount": PRICE, "currency": "CNY", "channel": "wallet"}
    return PaymentRequested(
        **{**words, "deadline_ms": DEADLINE_MS, "on_decline": "wait", **changes}
    )


def pay(now_ms: int = 0, **changes: Any) -> Pay:
    return Pay(asked(**changes), now_ms, TERMS)


def retry(request_id: str = "req-1", received_ms: int = IN_TIME_MS, **changes: Any) -> Retry:
    words = {**WHOSE, "request_id": request_id, "received_ms": received_ms}
    return Retry(RetryPayment(**{**words, **changes}), TERMS)


def cancel(**changes: Any) -> CancelPayment:
    return CancelPayment(**{**WHOSE, **changes})


def elapsed(now_ms: int = DEADLINE_MS) -> Elapsed:
    return Elapsed(f"payment/{PAYMENT}", now_ms)


def confirmed(balance: int, request_id: str = PAYMENT) -> PaymentConfirmed:
    return PaymentConfirmed(
        **WHOSE,
        request_id=request_id,
        lines=LINES,
        amount=PRICE,
        currency="CNY",
        channel="wallet",
        postings=(
            Posting(account=f"wallet:{ACCOUNT}", amount=-PRICE),
            Posting(account="sales", amount=PRICE),
        ),
        balance=balance,
    )


def declined(balance: int = 0, request_id: str = PAYMENT, **changes: Any) -> PaymentDeclined:
    words = {**WHOSE, "request_id": request_id, "code": "INSUFFICIENT_BALANCE", "lines": LINES}
    more = {"amount": PRICE, "balance": balance, "currency": "CNY", "channel": "wallet"}
    last = {"deadline_ms": DEADLINE_MS, "on_decline": "wait"}
    return PaymentDeclined(**{**words, **more, **last, **changes})


def expired() -> PaymentExpired:
    return PaymentExpired(**WHOSE)


def cancelled(by: Any = "buyer") -> PaymentCancelled:
    return PaymentCancelled(**WHOSE, by=by)


def retry_refused(code: Any, request_id: str = "req-1", **changes: Any) -> RetryRefused:
    return RetryRefused(**{**WHOSE, "request_id": request_id, "code": code, **changes})
