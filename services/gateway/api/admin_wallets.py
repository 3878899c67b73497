"""Operators look into the wallet of an account that they were told of."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from shared.contracts.envelope import rfc3339

from .admin_orders import PHONE
from .asking import door_of, operator
from .auth import plain, sign_in_id
from .bodies import json_answer
from .order_json import money
from .routes import Route
from .shapes import Shape, SignedMoney
from .wallet import CURRENCY, LAST, Entry, entry_json

ASKED_LENGTH_MAX: Final = 100
ENTRIES_MAX: Final = 20
"""Of a wallet, the newest."""


class WalletOfAccount(Shape):
    """An account's balance, and how it came to that."""

    account_id: str
    balance: SignedMoney
    as_of: str | None
    entries: list[Entry]
    """The newest first."""


class Wallets(Shape):
    """The one account that was meant, or none."""

    items: list[WalletOfAccount]
    next_cursor: None = None


async def find(request: Request) -> Response:
    """The wallet of an account, by its id or its phone; nobody is an empty list."""
    await operator("finance", "support", "auditor")(request)
    door = door_of(request)
    asked = request.query_params.get("q", "").strip()[:ASKED_LENGTH_MAX]
    account_id = asked
    if PHONE.fullmatch(asked):
        account_id = await door.search.account_of(sign_in_id(door, plain(asked))) or asked
    if not account_id or not await door.search.exists(account_id):
        return json_answer({"items": [], "next_cursor": None})
    balance, currency, as_of_ms = await door.read.wallet(account_id) or (0, CURRENCY, 0)
    rows = await door.read.statement(account_id, LAST, ENTRIES_MAX)
    found: dict[str, Any] = {
        "account_id": account_id,
        "balance": money(balance, currency),
        "as_of": rfc3339(as_of_ms) if as_of_ms else None,
        "entries": [entry_json(row, currency) for row in rows],
    }
    return json_answer({"items": [found], "next_cursor": None})


ROUTES: Final = (
    Route("GET", "/v1/admin/wallets", find, "查找钱包 · Find a wallet", "operator",
          answer=Wallets, query=("q",)),
)  # fmt: skip
