"""Operators put money into wallets, give out API keys, and let other operators in."""

import hmac
from base64 import b32encode
from typing import Annotated, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import api_key_purpose, totp_purpose
from services.gateway.door.door import Door
from services.gateway.door.requests import Answer
from services.gateway.projections.queries import DEPOSIT
from shared.contracts.envelope import rfc3339
from shared.contracts.gateway import AddOperator, IssueApiKey, Role
from shared.contracts.payments import Deposit
from shared.kernel import ids
from shared.security.operators import hash_password

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .known import known
from .once import ask, once, request_id_of, wait_of
from .order_json import money
from .outcomes import outcome
from .pages import cursor_of, limit_of, page
from .problems import Problem
from .routes import Route
from .shapes import NAME_LENGTH_MAX, Id, Money, Name, Shape, SignedMoney

PASSWORD_LENGTH_MIN: Final = 12
PASSWORD_LENGTH_MAX: Final = 256
TOTP_BYTES: Final = 20


class NewDeposit(Shape):
    """Money for a wallet."""

    amount: Money
    reason: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]


class DepositShape(Shape):
    """A deposit; the balance is said once payments has booked it."""

    deposit_id: str
    account_id: str
    amount: Money
    balance: SignedMoney | None = None


class NewApiKey(Shape):
    """A key for an account; a new account unless one is named."""

    account_id: Id | None = None
    label: Name


class ApiKeyShape(Shape):
    """A key with its secret."""

    key: str
    secret: str
    account_id: str


class NewOperator(Shape):
    """A person who is to work in the console."""

    user: Id
    role: Role
    password: Annotated[str, Field(min_length=PASSWORD_LENGTH_MIN, max_length=PASSWORD_LENGTH_MAX)]


class OperatorShape(Shape):
    """What the person puts into their authenticator."""

    user: str
    role: Role
    totp_secret: str


class Colleague(Shape):
    """Somebody who works in the console."""

    user: str
    role: Role
    since: str


class Colleagues(Shape):
    """A page of the staff, by their names."""

    items: list[Colleague]
    next_cursor: str | None


async def read_operators(request: Request) -> Response:
    """Who works here, and as what; nothing of what they sign in with."""
    await operator("auditor")(request)
    limit, after = limit_of(request), (cursor_of(request, tuple[str]) or ("",))[0]
    rows = await door_of(request).examining.staff(after, limit + 1)
    items = [
        {"user": user, "role": role, "since": rfc3339(added_ms)} for user, role, added_ms in rows
    ]
    return json_answer(page(items, [(row[0],) for row in rows], limit))


async def deposit(request: Request) -> Response:
    """Put money into a wallet."""
    asking = await operator("finance")(request)
    new = await read_body(NewDeposit, request)
    account_id = request.path_params["account_id"]
    await known(lambda: door_of(request).search.exists(account_id), "UNKNOWN_ACCOUNT")
    deposit_id = request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(deposit_id))
    command = Deposit(
        deposit_id=deposit_id,
        account_id=account_id,
        amount=new.amount.amount,
        currency=new.amount.currency,
        source="operator",
        by=asking.name,
        reason=new.reason,
    )
    await ask(request, command)
    found = await outcome(request, DEPOSIT, deposit_id, wait_of(request))
    body = {
        "deposit_id": deposit_id,
        "account_id": account_id,
        "amount": new.amount.model_dump(),
    }
    if found is None:
        return json_answer(body, 202)
    _, balance, code = found
    if code:
        raise Problem(code)
    return json_answer({**body, "balance": money(balance, new.amount.currency)})


async def issue_api_key(request: Request) -> Response:
    """A key and its secret. Asked for again with the same Idempotency-Key, they are the same."""
    asking = await operator("owner")(request)
    new = await read_body(NewApiKey, request)
    door, request_id = door_of(request), request_id_of(request, asking)
    key_id = f"key-{ids.derive('api key', request_id)}"
    await once(request, asking, new, lambda: Answer(key_id))
    secret = _secret(door, "api key", key_id).hex()
    account_id = new.account_id or f"acc-{ids.derive('account', request_id)}"
    command = IssueApiKey(
        key_id=key_id,
        account_id=account_id,
        label=new.label,
        sealed_secret=door.secrets.own.seal(secret, api_key_purpose(key_id)),
        by=asking.name,
    )
    await ask(request, command)
    return json_answer({"key": key_id, "secret": secret, "account_id": account_id}, 202)


async def add_operator(request: Request) -> Response:
    """Let a person in, or give them another password, role and second factor."""
    asking = await operator("owner")(request)
    new = await read_body(NewOperator, request)
    door, request_id = door_of(request), request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(new.user))
    totp = b32encode(_secret(door, "totp", request_id)[:TOTP_BYTES]).decode()
    command = AddOperator(
        operator=new.user,
        request_id=request_id,
        role=new.role,
        password_hash=hash_password(new.password),
        sealed_totp=door.secrets.own.seal(totp, totp_purpose(new.user)),
        by=asking.name,
    )
    await ask(request, command)
    return json_answer({"user": new.user, "role": new.role, "totp_secret": totp}, 202)


def _secret(door: Door, kind: str, name: str) -> bytes:
    """32 bytes that follow from the gateway's own key: a repeat is told the same secret."""
    return hmac.digest(door.secrets.own_key, f"{kind}\x1f{name}".encode(), "sha256")


ROUTES: Final = (
    Route("POST", "/v1/admin/wallets/{account_id}/deposits", deposit, "充值 · Deposit",
          "operator", NewDeposit, DepositShape, 202, once=True),
    Route("POST", "/v1/admin/api-keys", issue_api_key, "发放 API 密钥 · Issue an API key",
          "operator", NewApiKey, ApiKeyShape, 202, once=True),
    Route("GET", "/v1/admin/operators", read_operators, "运营人员 · Who works here", "operator",
          answer=Colleagues, query=("limit", "cursor")),
    Route("POST", "/v1/admin/operators", add_operator, "添加运营人员 · Add an operator",
          "operator", NewOperator, OperatorShape, 202, once=True),
)  # fmt: skip
