"""The wallet: what can be spent, and how it came to that."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from shared.contracts.envelope import rfc3339

from .asking import customer, door_of
from .bodies import json_answer
from .order_json import money
from .pages import cursor_of, limit_of, page
from .routes import Route
from .shapes import Shape, SignedMoney

CURRENCY: Final = "CNY"
LAST: Final = 2**62


class Wallet(Shape):
    """The balance."""

    account_id: str
    balance: SignedMoney
    as_of: str | None


class Entry(Shape):
    """A line of the statement."""

    time: str
    kind: str
    """`deposit`, `payment`, `refund`, `late_payment` or `mismatched_payment`."""
    reference: str
    """The deposit's or the order's id."""
    amount: SignedMoney
    balance: SignedMoney


class Statement(Shape):
    """A page of the statement, the newest first."""

    items: list[Entry]
    next_cursor: str | None


async def read(request: Request) -> Response:
    """The balance; an account that never had money has none."""
    asking = await customer(request)
    balance, currency, as_of_ms = await door_of(request).read.wallet(asking.name) or (
        0,
        CURRENCY,
        0,
    )
    return json_answer(
        {
            "account_id": asking.name,
            "balance": money(balance, currency),
            "as_of": rfc3339(as_of_ms) if as_of_ms else None,
        }
    )


async def statement(request: Request) -> Response:
    """Every movement, the newest first."""
    asking, limit = await customer(request), limit_of(request)
    before = cursor_of(request, tuple[int]) or (LAST,)
    rows = await door_of(request).read.statement(asking.name, before[0], limit + 1)
    items = [entry_json(row, CURRENCY) for row in rows]
    return json_answer(page(items, [(row[0],) for row in rows], limit))


def entry_json(row: tuple[Any, ...], currency: str) -> dict[str, Any]:
    """Entry, of a row of Read.statement()."""
    _, time_ms, kind, reference, amount, balance = row
    return {
        "time": rfc3339(time_ms),
        "kind": kind,
        "reference": reference,
        "amount": money(amount, currency),
        "balance": money(balance, currency),
    }


ROUTES: Final = (
    Route("GET", "/v1/wallet", read, "钱包余额 · Balance", "customer", answer=Wallet),
    Route("GET", "/v1/wallet/statement", statement, "钱包明细 · Statement", "customer",
          answer=Statement, query=("limit", "cursor")),
)  # fmt: skip
