"""What 云付 answers, in its own words."""

import uuid

from deploy.local.twins.payment_books import Books, Payment, Step
from deploy.local.twins.payment_wires import cents, dotted


def create(books: Books, step: Step, said: dict[str, str], base: str) -> dict[str, str]:
    """A payment that can be paid."""
    if step.do == "refuse":
        return {"code": "40004", "sub_code": "SELLER_LIMIT"}
    if step.do == "unknown":
        return {"code": "20000"}
    payment = books.create(
        Payment(
            "yunfu", said["app_id"], said["out_trade_no"], f"YF{uuid.uuid4().hex}",
            said.get("passback", ""), cents(said["total_amount"]), said["currency"],
            said["notify_url"],
        )
    )  # fmt: skip
    url = f"{base}pay/yunfu/{payment.their_id}"
    status = {"trade_status": "WAIT_BUYER_PAY", "trade_no": payment.their_id, "pay_url": url}
    return {"code": "10000", **status}


def close(books: Books, step: Step, said: dict[str, str]) -> dict[str, str]:
    """What became of one; closed where it is not paid."""
    if step.do == "unknown":
        return {"code": "20000"}
    payment = books.close("yunfu", said["out_trade_no"])
    if payment is None:
        return {"code": "40004", "sub_code": "TRADE_NOT_EXIST"}
    if payment.state == "closed":
        return {"code": "10000", "trade_status": "TRADE_CLOSED"}
    return {
        "code": "10000", "trade_status": "TRADE_SUCCESS", "trade_no": payment.their_id,
        "total_amount": dotted(payment.amount), "currency": payment.currency,
    }  # fmt: skip


def refund(books: Books, step: Step, said: dict[str, str]) -> dict[str, str]:
    """Money back."""
    if step.do == "unknown":
        return {"code": "20000"}
    payment = books.payments.get(("yunfu", said["out_trade_no"]))
    refused = step.do == "refuse" or payment is None
    amount, request = cents(said["refund_amount"]), said["out_request_no"]
    if refused or not payment or not books.refund(payment, request, amount):
        return {"code": "40004", "sub_code": "REFUND_REFUSED"}
    return {"code": "10000", "fund_change": "Y"}
