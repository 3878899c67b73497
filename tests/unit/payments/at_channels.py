"""One charge at one channel: the words that tests about channels and refunds are written in."""

from typing import Any, Final

from services.payments.domain import ChargeAnswered, Fund, RefundAnswered
from shared.contracts.charges import (
    ChargeClosed,
    ChargeClosing,
    ChargeCreated,
    ChargeOpened,
    ChargePaid,
    ChargeRefused,
    ChargeUncertain,
    NoticeRefused,
    NotifyPayment,
    OpenDeposit,
    PaymentArrivedLate,
    PaymentMismatched,
    PaymentOffered,
    PaymentOpened,
)
from shared.contracts.message import Fact
from shared.contracts.payments import FundsDeposited, PaymentConfirmed, Posting
from shared.contracts.refunds import (
    RefundIssued,
    RefundPayment,
    RefundRefused,
    RefundSubmitted,
    RefundUncertain,
)
from shared.kernel.decider import Elapsed
from shared.kernel.ids import derive

from .examples import (
    ACCOUNT,
    DEADLINE_MS,
    LIMITS,
    LINES,
    PAYMENT,
    PRICE,
    TERMS,
    WHOSE,
    asked,
    confirmed,
)

CHARGE: Final = derive("charge", PAYMENT, PAYMENT)
SECOND: Final = derive("charge", PAYMENT, "req-1")
FUNDING: Final = derive("charge", "dep-1", "dep-1")
EXPIRE_MS: Final = DEADLINE_MS + LIMITS.grace_ms
ABOUT: Final = {"about": "ord-1", "account_id": ACCOUNT, "payment_id": PAYMENT}
FUNDS: Final = {"about": "dep-1", "account_id": ACCOUNT}
URL: Final = "http://pay.example/1"


def moved(amount: int, giver: str, taker: str) -> tuple[Posting, ...]:
    return (Posting(account=giver, amount=-amount), Posting(account=taker, amount=amount))


def opened(**changes: Any) -> PaymentOpened:
    words: Any = asked(channel="yunfu").model_dump()
    names = set(PaymentOpened.model_fields)
    return PaymentOpened(**{k: v for k, v in {**words, **changes}.items() if k in names})


def charge(charge_id: str = CHARGE, channel: str = "yunfu", **changes: Any) -> ChargeOpened:
    words: Any = {**ABOUT, "charge_id": charge_id, "channel": channel, "amount": PRICE}
    request = PAYMENT if charge_id == CHARGE else "req-1"
    more: Any = {"request_id": request, "merchant": TERMS.merchants[channel], "currency": "CNY"}
    last: Any = {"deadline_ms": DEADLINE_MS, "expire_ms": EXPIRE_MS}
    return ChargeOpened(**{**words, **more, **last, **changes})


def created(charge_id: str = CHARGE, **changes: Any) -> ChargeCreated:
    words: Any = {"about": "ord-1", "account_id": ACCOUNT, "charge_id": charge_id}
    return ChargeCreated(**{**words, "their_id": f"their-{charge_id}", "pay_url": URL, **changes})


def offered(charge_id: str = CHARGE, channel: str = "yunfu") -> PaymentOffered:
    return PaymentOffered(**WHOSE, charge_id=charge_id, channel=channel, pay_url=URL)


def closing(charge_id: str = CHARGE, calls: int = 1, **changes: Any) -> ChargeClosing:
    words: Any = {**ABOUT, "charge_id": charge_id, "calls": calls}
    return ChargeClosing(**{**words, "call_id": derive("call", charge_id, str(calls)), **changes})


def uncertain(charge_id: str = CHARGE, calls: int = 1, ask_ms: int = 0) -> ChargeUncertain:
    return ChargeUncertain(
        charge_id=charge_id, about="ord-1", account_id=ACCOUNT, calls=calls, ask_ms=ask_ms
    )


def closed(charge_id: str = CHARGE, **changes: Any) -> ChargeClosed:
    return ChargeClosed(**{**ABOUT, "charge_id": charge_id, **changes})


def charge_refused(charge_id: str = CHARGE, **changes: Any) -> ChargeRefused:
    return ChargeRefused(**{**ABOUT, "charge_id": charge_id, "code": "LIMIT", **changes})


def paid(charge_id: str = CHARGE, channel: str = "yunfu", **changes: Any) -> ChargePaid:
    words: Any = {**ABOUT, "charge_id": charge_id, "channel": channel, "amount": PRICE}
    more: Any = {"their_id": f"their-{charge_id}", "currency": "CNY", "told_by": "notice"}
    return ChargePaid(**{**words, **more, **changes})


def paid_for(charge_id: str = CHARGE, channel: str = "yunfu", balance: int = 0) -> PaymentConfirmed:
    """The order is paid by this charge."""
    request = PAYMENT if charge_id == CHARGE else "req-1"
    words: Any = confirmed(balance, request).model_dump()
    postings = moved(PRICE, f"cash:{channel}", "sales")
    more: Any = {"postings": postings, "channel": channel, "charge_id": charge_id}
    return PaymentConfirmed(**{**words, **more})


def late(code: Any, charge_id: str = CHARGE, channel: str = "yunfu", balance: int = PRICE) -> Fact:
    postings = moved(PRICE, f"cash:{channel}", f"wallet:{ACCOUNT}")
    return PaymentArrivedLate(
        **WHOSE, charge_id=charge_id, code=code, amount=PRICE, currency="CNY", channel=channel,
        postings=postings, balance=balance,
    )  # fmt: skip


def mismatched(code: Any, amount: int, **changes: Any) -> PaymentMismatched:
    postings = moved(amount, "cash:yunfu", f"wallet:{ACCOUNT}")
    words: Any = {**ABOUT, "charge_id": CHARGE, "code": code, "asked": PRICE, "amount": amount}
    more: Any = {"currency": "CNY", "channel": "yunfu", "postings": postings, "balance": amount}
    return PaymentMismatched(**{**words, **more, **changes})


def notice(charge_id: str = CHARGE, channel: str = "yunfu", **changes: Any) -> NotifyPayment:
    words: Any = {"account_id": ACCOUNT, "charge_id": charge_id, "channel": channel}
    more: Any = {"merchant": TERMS.merchants[channel], "their_id": f"their-{charge_id}"}
    said: Any = {**words, **more, "amount": PRICE, "currency": "CNY", "received_ms": 0, **changes}
    return NotifyPayment(notice_id=derive("notice", *map(str, said.values())), **said)


def notice_refused(command: NotifyPayment, code: Any) -> NoticeRefused:
    words = {k: v for k, v in command.model_dump().items() if k in NoticeRefused.model_fields}
    return NoticeRefused(**words, code=code)


def answer(code: Any, charge_id: str = CHARGE, call_id: str = "", **changes: Any) -> ChargeAnswered:
    """To the creation, unless a call is named."""
    words: Any = {"charge_id": charge_id, "account_id": ACCOUNT, "call_id": call_id or charge_id}
    theirs: Any = {"their_id": f"their-{charge_id}"} if code in {"CREATED", "PAID"} else {}
    more: Any = {"CREATED": {"pay_url": URL}, "REFUSED": {"reason": "LIMIT"}}.get(code, {})
    sum_paid: Any = {"amount": PRICE, "currency": "CNY"} if code == "PAID" else {}
    last: Any = {"now_ms": DEADLINE_MS, "limits": LIMITS}
    return ChargeAnswered(
        **{**words, **theirs, **more, **sum_paid, "code": code, **last, **changes}
    )


def asked_again(code: Any, charge_id: str = CHARGE, calls: int = 1, **changes: Any) -> Any:
    """The answer to the question what became of it."""
    return answer(code, charge_id, derive("call", charge_id, str(calls)), **changes)


def fund(amount: int = 500, now_ms: int = 0, **changes: Any) -> Fund:
    words: Any = {"deposit_id": "dep-1", "account_id": ACCOUNT, "amount": amount}
    more: Any = {"currency": "CNY", "channel": "kapay", "received_ms": now_ms}
    return Fund(OpenDeposit(**{**words, **more, **changes}), now_ms, TERMS)


def funding(amount: int = 500) -> ChargeOpened:
    words: Any = {**FUNDS, "charge_id": FUNDING, "channel": "kapay", "merchant": "kameng-kp"}
    last: Any = {"deadline_ms": LIMITS.deposit_ms, "expire_ms": 6_000, "request_id": "dep-1"}
    return ChargeOpened(**words, **last, amount=amount, currency="CNY")


def funded(amount: int = 500, balance: int = 500) -> FundsDeposited:
    return FundsDeposited(
        deposit_id="dep-1", account_id=ACCOUNT, amount=amount, currency="CNY", source="kapay",
        by="channel", reason=FUNDING, balance=balance,
        postings=moved(amount, "cash:kapay", f"wallet:{ACCOUNT}"),
    )  # fmt: skip


def elapsed(charge_id: str, now_ms: int) -> Elapsed:
    return Elapsed(f"charge/{charge_id}", now_ms)


# --- money back


def refund(amount: int = PRICE, refund_id: str = "ref-1", **changes: Any) -> RefundPayment:
    words: Any = {**WHOSE, "refund_id": refund_id, "amount": amount, "to": "wallet"}
    return RefundPayment(**{**words, "by": "delivery", "reason": "NO_SUPPLIER", **changes})


def refund_refused(code: Any, refund_id: str = "ref-1") -> RefundRefused:
    return RefundRefused(**WHOSE, refund_id=refund_id, code=code)


def submitted(amount: int = PRICE, calls: int = 1, **changes: Any) -> RefundSubmitted:
    words: Any = {**WHOSE, "refund_id": "ref-1", "charge_id": CHARGE, "channel": "yunfu"}
    more: Any = {"their_id": f"their-{CHARGE}", "amount": amount, "currency": "CNY"}
    postings = moved(amount, "sales", "refunding:yunfu") if calls == 1 else ()
    last: Any = {"call_id": derive("call", "ref-1", str(calls)), "calls": calls}
    why: Any = {"by": "delivery", "reason": "NO_SUPPLIER", "postings": postings}
    return RefundSubmitted(**{**words, **more, **why, **last, **changes})


def unsure(calls: int = 1, ask_ms: int = 10) -> RefundUncertain:
    return RefundUncertain(
        refund_id="ref-1", order_id="ord-1", account_id=ACCOUNT, calls=calls, ask_ms=ask_ms
    )


def issued(
    amount: int = PRICE, balance: int = PRICE, giver: str = "sales", **changes: Any
) -> RefundIssued:
    words: Any = {**WHOSE, "refund_id": "ref-1", "amount": amount, "currency": "CNY"}
    postings = moved(amount, giver, f"wallet:{ACCOUNT}")
    more: Any = {"to": "wallet", "by": "delivery", "reason": "NO_SUPPLIER", "balance": balance}
    return RefundIssued(**{**words, **more, "postings": postings, **changes})


def refund_answer(code: Any, calls: int = 1, **changes: Any) -> RefundAnswered:
    words: Any = {"refund_id": "ref-1", "account_id": ACCOUNT, "now_ms": 0, "limits": LIMITS}
    call = derive("call", "ref-1", str(calls))
    return RefundAnswered(**{**words, "call_id": call, "code": code, **changes})


TO_CREATION: Final[tuple[Fact, ...]] = (opened(), charge())
"""The channel is being told."""
TO_PAY: Final[tuple[Fact, ...]] = (*TO_CREATION, created(), offered())
"""The buyer can pay."""
TWICE: Final[tuple[Fact, ...]] = (
    *TO_PAY, charge(SECOND, "kapay"), created(SECOND), offered(SECOND, "kapay"),
)  # fmt: skip
"""The buyer can pay at two channels."""
PAID: Final[tuple[Fact, ...]] = (*TO_PAY, paid(), paid_for())
LINES_PAID: Final = LINES
