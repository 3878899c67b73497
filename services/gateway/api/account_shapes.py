"""Accounts on the wire, as people of the desk see them; and what they do about them."""

from typing import Annotated, Any, Literal

from pydantic import Field

from services.gateway.door.accounts import AccountRow
from services.gateway.door.api_keys import KeyRow
from services.gateway.projections.standing import DeedRow
from shared.contracts.envelope import rfc3339
from shared.contracts.ordering import Level

from .auth import SESSION_MS
from .order_json import money
from .shapes import NAME_LENGTH_MAX, Shape, SignedMoney

Reason = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX, pattern=r"\S")]


class BecauseOf(Shape):
    """Why."""

    reason: Reason


class NewLevel(Shape):
    """Whose prices it sees from here on, and why."""

    level: Level
    reason: Reason


class AccountShape(Shape):
    """An account; of its phone only what may be seen."""

    account_id: str
    level: Level
    phone: str | None = None
    """138****5678."""
    opened_at: str | None = None
    orders: int
    """1000: as many or more."""
    last_ordered_at: str | None = None
    balance: SignedMoney
    blocked_at: str | None = None
    blocked_by: str | None = None
    reason: str | None = None
    """Why it is blocked."""


class AccountsShape(Shape):
    """A page of accounts, the newest first."""

    items: list[AccountShape]
    next_cursor: str | None


class AccountKey(Shape):
    """One of its API keys."""

    key: str
    name: str
    issued_by: str
    issued_at: str
    last_used_at: str | None = None
    revoked_at: str | None = None
    revoked_by: str | None = None


class AccountSession(Shape):
    """Somewhere it is signed in."""

    opened_at: str
    expires_at: str


class Deed(Shape):
    """What one of our people has done, and why."""

    at: str
    deed: Literal[
        "blocked",
        "unblocked",
        "level",
        "key_ended",
        "cancelling",
        "cancelled",
        "refund",
        "dispute",
        "invoice_issued",
        "invoice_rejected",
        "invoice_voided",
        "quoted",
        "declined",
        "deposit",
        "quota",
        "threshold",
        "recalled",
        "set_aside",
        "lifted",
        "listed",
        "delisted",
        "price",
        "promotion",
        "promotion_ended",
        "coupon",
        "coupon_ended",
        "review_hidden",
        "review_shown",
        "released",
        "refused",
        "topup",
        "let_in",
        "barred",
        "allowed",
        "skipped",
        "gap",
    ]
    account_id: str
    """Whose it was about; "" where it was about nobody's."""
    about: str
    """The level, key, order, SKU, product, coupon, record or person; of a deposit its amount."""
    by: str
    reason: str


class Deeds(Shape):
    """A page of them, the newest first."""

    items: list[Deed]
    next_cursor: str | None


class WholeAccount(AccountShape):
    """An account with what it comes in by, and what was done about it."""

    keys: list[AccountKey]
    sessions: list[AccountSession]
    deeds: list[Deed]


class Judged(Shape):
    """It is on the log."""

    account_id: str


def account_json(row: AccountRow) -> dict[str, Any]:
    """An account."""
    found: dict[str, Any] = {
        "account_id": row.account_id, "level": row.level, "orders": row.orders,
        "balance": money(row.balance, row.currency),
    }  # fmt: skip
    times = {
        "opened_at": row.opened_ms, "last_ordered_at": row.last_ms, "blocked_at": row.blocked_ms,
    }  # fmt: skip
    said = {"phone": row.phone, "blocked_by": row.blocked_by, "reason": row.reason}
    found |= {name: rfc3339(time_ms) for name, time_ms in times.items() if time_ms}
    return found | {name: text for name, text in said.items() if text}


def key_json(row: KeyRow) -> dict[str, str]:
    """One of its keys."""
    found = {
        "key": row.key_id, "name": row.label, "issued_by": row.issued_by,
        "issued_at": rfc3339(row.issued_ms),
    }  # fmt: skip
    if row.used_ms:
        found["last_used_at"] = rfc3339(row.used_ms)
    if row.revoked_ms:
        found |= {"revoked_at": rfc3339(row.revoked_ms), "revoked_by": row.revoked_by}
    return found


def session_json(expires_ms: int) -> dict[str, str]:
    """One of its sessions."""
    return {"opened_at": rfc3339(expires_ms - SESSION_MS), "expires_at": rfc3339(expires_ms)}


def deed_json(row: DeedRow) -> dict[str, str]:
    """What was done."""
    return {
        "at": rfc3339(row.time_ms), "deed": row.deed, "account_id": row.account_id,
        "about": row.about, "by": row.by_whom, "reason": row.reason,
    }  # fmt: skip
