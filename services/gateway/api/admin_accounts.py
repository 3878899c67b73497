"""Our people look at accounts: block one, let it in again, set its level, end a key (F5)."""

import re
import time
from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.accounts import TAIL_DIGITS, AccountRow, Wanted
from services.gateway.door.requests import Answer
from shared.contracts.accounts import BlockAccount, SetAccountLevel, UnblockAccount
from shared.contracts.gateway import RevokeApiKey, Role
from shared.contracts.message import Command
from shared.contracts.ordering import Level

from .account_shapes import (
    AccountsShape,
    BecauseOf,
    Deeds,
    Judged,
    NewLevel,
    WholeAccount,
    account_json,
    deed_json,
    key_json,
    session_json,
)
from .admin_orders import ASKED_LENGTH_MAX, PHONE
from .asking import door_of, operator
from .auth import plain, sign_in_id
from .bodies import json_answer, read_body
from .heard import heard
from .once import once, request_id_of
from .pages import cursor_of, limit_of, page, state_of
from .problems import Problem
from .routes import Route

READERS: Final[tuple[Role, ...]] = ("support", "risk", "finance", "auditor")
REFUSED: Final = "ACCOUNT_"
"""What a refusal by the gateway's rules is called on the wire begins with."""
NEWEST: Final = (2**62, "")
TAIL: Final = re.compile(rf"[0-9]{{{TAIL_DIGITS}}}")
ONE: Final = "/v1/admin/accounts/{account_id}"


async def read_many(request: Request) -> Response:
    """The newest first; `q` is an account's id, a phone, or its last four digits."""
    await operator(*READERS)(request)
    limit, before = limit_of(request), cursor_of(request, tuple[int, str]) or NEWEST
    state, level = state_of(request, ("", "blocked")), request.query_params.get("level", "")
    if level not in {"", *get_args(Level)}:
        raise Problem("BAD_REQUEST")
    door = door_of(request)
    asked = request.query_params.get("q", "").strip()[:ASKED_LENGTH_MAX]
    wanted = Wanted(asked, "", level, state == "blocked")
    if TAIL.fullmatch(asked):
        wanted = wanted._replace(account_id="", tail=asked)
    elif PHONE.fullmatch(asked):
        found = await door.search.account_of(sign_in_id(door, plain(asked)))
        wanted = wanted._replace(account_id=found or asked)
    rows = await door.accounts.many(wanted, before, limit + 1)
    cursors = [(row.opened_ms, row.account_id) for row in rows]
    return json_answer(page([account_json(row) for row in rows], cursors, limit))


async def read_one(request: Request) -> Response:
    """An account, its keys, where it is signed in, and what was done about it."""
    await operator(*READERS)(request)
    door, row = door_of(request), await _row(request)
    keys = await door.api_keys.of_account(row.account_id)
    now_ms = time.time_ns() // 1_000_000
    sessions = await door.access.sessions("buyer", row.account_id, now_ms)
    deeds = await door.accounts.deeds_about(row.account_id)
    body = account_json(row) | {
        "keys": [key_json(each) for each in keys],
        "sessions": [session_json(expires_ms) for _, expires_ms in sessions],
        "deeds": [deed_json(each) for each in deeds],
    }
    return json_answer(body)


async def block(request: Request) -> Response:
    """Nobody comes in for it; orders that were placed go their way."""
    asking = await operator("support", "risk")(request)
    row, said = await _row(request), await read_body(BecauseOf, request)
    request_id = await _kept(request, asking, row, said)
    words = {"account_id": row.account_id, "request_id": request_id, "by": asking.name}
    return await _said(request, BlockAccount(**words, reason=said.reason), request_id)


async def unblock(request: Request) -> Response:
    """It comes in again, by the sessions and keys that it has."""
    asking = await operator("support", "risk")(request)
    row, said = await _row(request), await read_body(BecauseOf, request)
    request_id = await _kept(request, asking, row, said)
    words = {"account_id": row.account_id, "request_id": request_id, "by": asking.name}
    return await _said(request, UnblockAccount(**words, reason=said.reason), request_id)


async def set_level(request: Request) -> Response:
    """From here on its sessions and keys see the prices of this level."""
    asking = await operator("support", "finance")(request)
    row, said = await _row(request), await read_body(NewLevel, request)
    request_id = await _kept(request, asking, row, said)
    words = {"account_id": row.account_id, "request_id": request_id, "by": asking.name}
    command = SetAccountLevel(**words, level=said.level, reason=said.reason)
    return await _said(request, command, request_id)


async def end_key(request: Request) -> Response:
    """One of its API keys signs no more, for ever."""
    asking = await operator("support", "risk")(request)
    row, said = await _row(request), await read_body(BecauseOf, request)
    key_id = request.path_params["key_id"]
    keys = await door_of(request).api_keys.of_account(row.account_id)
    found = next((each for each in keys if each.key_id == key_id), None)
    if found is None:
        raise Problem("NOT_FOUND")
    request_id = await _kept(request, asking, row, said)
    if found.revoked_ms:
        return json_answer({"account_id": row.account_id}, 200)
    words = {"account_id": row.account_id, "request_id": request_id, "by": asking.name}
    command = RevokeApiKey(**words, key_id=key_id, reason=said.reason)
    return await _said(request, command, request_id)


async def read_deeds(request: Request) -> Response:
    """What our people did, by whom and why."""
    await operator("auditor")(request)
    limit, before = limit_of(request), cursor_of(request, tuple[int, str]) or NEWEST
    rows = await door_of(request).accounts.deeds(before, limit + 1)
    cursors = [(row.time_ms, row.request_id) for row in rows]
    return json_answer(page([deed_json(row) for row in rows], cursors, limit))


async def _row(request: Request) -> AccountRow:
    """The account named in the path; raises NOT_FOUND."""
    row = await door_of(request).accounts.one(request.path_params["account_id"])
    if row is None:
        raise Problem("NOT_FOUND")
    return row


async def _kept(
    request: Request, asking: Asking, row: AccountRow, said: BecauseOf | NewLevel
) -> str:
    """The id of this request, which is the same one however often it is sent."""
    await once(request, asking, said, lambda: Answer(row.account_id))
    return request_id_of(request, asking)


async def _said(request: Request, command: Command, request_id: str) -> Response:
    account_id = request.path_params["account_id"]
    where = ONE.format(account_id=account_id)
    return await heard(request, command, request_id, REFUSED, {"account_id": account_id}, where)


ROUTES: Final = (
    Route("GET", "/v1/admin/accounts", read_many, "账户列表 · Accounts", "operator",
          answer=AccountsShape, query=("q", "level", "state", "limit", "cursor")),
    Route("GET", ONE, read_one, "一个账户 · An account", "operator", answer=WholeAccount),
    Route("POST", ONE + "/block", block, "停用账户 · Block an account", "operator", BecauseOf,
          Judged, 202, once=True),
    Route("POST", ONE + "/unblock", unblock, "恢复账户 · Unblock an account", "operator",
          BecauseOf, Judged, 202, once=True),
    Route("POST", ONE + "/level", set_level, "会员等级 · Set an account's level", "operator",
          NewLevel, Judged, 202, once=True),
    Route("POST", ONE + "/api-keys/{key_id}/revoke", end_key, "停用密钥 · End an API key",
          "operator", BecauseOf, Judged, 202, once=True),
    Route("GET", "/v1/admin/audit/deeds", read_deeds, "人员操作 · What our people did", "operator",
          answer=Deeds, query=("limit", "cursor")),
)  # fmt: skip
