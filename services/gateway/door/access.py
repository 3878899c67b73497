"""Who is asking: resellers by signature, buyers and operators by session."""

import time
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, cast

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections import signals
from shared.contracts.gateway import Role
from shared.contracts.orders import Level
from shared.security.box import Box
from shared.security.signatures import Refused, Signed, judge
from shared.security.tokens import TOKEN_LENGTH_MAX, new_token, token_hash

from .listening import Listener
from .nonces import Nonces

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

BLOCKED: Final = "ACCOUNT_BLOCKED"
"""What whoever comes in for a blocked account is told."""
KEYS_MAX: Final = 20_000
"""API keys and sessions remembered in one process."""
UNKNOWN_AGE_S_MAX: Final = 2.0
SESSIONS_MAX: Final = 100
"""Listed of one person."""
SESSION_AGE_S_MAX: Final = 5.0
"""How long a session is believed without asking again."""
WATCH_S: Final = 60.0

API_KEY: Final = """
select k.account_id, k.sealed_secret,
    case when a.level = 'member' then a.level else k.level end, coalesce(a.blocked_ms, 0) > 0
from api_key_view k left join standing_view a using (account_id)
where k.key_id = %s and k.revoked_ms = 0
"""
OPERATOR: Final = """
select role, password_hash, sealed_totp from operator_view where operator = %s
"""
SESSION: Final = """
select s.kind, s.subject, s.role, s.expires_ms, s.contact, coalesce(a.level, 'retail'),
    coalesce(a.blocked_ms, 0) > 0
from session s left join standing_view a on a.account_id = s.subject and s.kind = 'buyer'
where s.token_hash = %b and s.expires_ms > %b
"""
STANDING: Final = "select 1 from standing_view where account_id = %s and blocked_ms > 0"
OPEN: Final = """
insert into session (token_hash, kind, subject, role, expires_ms, contact)
values (%s, %s, %s, %s, %s, %s)
"""
CLOSE: Final = "delete from session where token_hash = %s"
OF: Final = """
select token_hash, expires_ms from session
where kind = %s and subject = %s and expires_ms > %s order by expires_ms desc limit %s
"""
REVOKE: Final = "delete from session where token_hash = %s and kind = %s and subject = %s"
FORGET: Final = "delete from session where expires_ms < %s"

Kind = Literal["buyer", "operator"]


class Denied(Exception):
    """Nobody may come in like this; the code says why, without saying what exists."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asking:
    """Who sent a request."""

    kind: Literal["buyer", "reseller", "operator"]
    name: str
    """Account id; an operator's name."""
    role: str = ""
    contact: str = ""
    """A buyer's phone, sealed to risk's SMS sender; empty where there is none."""
    level: Level = "retail"
    """What prices they see."""
    expires_ms: int = 0
    """Until when the session lasts, Unix milliseconds; 0: it is none."""
    key_id: str = ""
    """The API key that signed."""
    blocked: bool = False
    """One of our people has blocked the account: it may nothing."""

    @property
    def who(self) -> str:
        """Whose Idempotency-Keys these are."""
        return f"operator:{self.name}" if self.kind == "operator" else self.name


class ApiKey(NamedTuple):
    """What a key stands for."""

    account_id: str
    secret: str
    level: Level
    blocked: bool


class Operator(NamedTuple):
    """What is known of an operator."""

    role: Role
    password_hash: str
    totp_secret: str


def totp_purpose(operator: str) -> str:
    """What an operator's TOTP secret is bound to in the gateway's own box."""
    return f"totp/{operator}"


def api_key_purpose(key_id: str) -> str:
    """What a key's secret is bound to in the gateway's own box."""
    return f"api-key/{key_id}"


class Access:
    """Looks people up, and remembers them for a moment."""

    def __init__(self, pool: Pool, box: Box, nonces: Nonces, listener: Listener) -> None:
        self._pool, self._box, self._nonces, self._listener = pool, box, nonces, listener
        self._keys: dict[str, ApiKey] = {}
        self._unknown: dict[str, float] = {}
        self._sessions: dict[bytes, tuple[Asking, int, float]] = {}
        self.used: dict[str, int] = {}
        """When keys have signed since that was last written down, Unix milliseconds."""

    async def run(self) -> None:
        """Until cancelled: forget what has changed, and everything now and then.

        What was read while it changed is stored after the bell has rung: not believed for long.
        """
        async with self._listener.watch(signals.ACCESS) as bell:
            while True:  # bounded by: the task's cancellation when the process stops
                await bell.wait(WATCH_S)
                self._keys.clear()
                self._sessions.clear()
                self._unknown.clear()

    async def by_signature(
        self, key_id: str, signed: Signed, method: str, target: str, body: bytes
    ) -> Asking:
        """The reseller who has sent exactly this, just now, for the first time. Raises Denied."""
        now_s = int(time.time())
        key = await self._api_key(key_id)
        if key is None:
            raise Denied(Refused.WRONG.value)
        refused = judge(key.secret, signed, method, target, body, now_s)
        if refused is not None:
            raise Denied(refused.value)
        if not await self._nonces.take(key_id, signed.nonce, now_s):
            raise Denied("NONCE_REUSED")
        if key.blocked:
            raise Denied(BLOCKED)
        self.used[key_id] = now_s * 1000
        return Asking("reseller", key.account_id, level=key.level, key_id=key_id)

    async def by_token(self, token: str, kind: Kind) -> Asking:
        """The person whose session this is, and who is not blocked. Raises Denied."""
        asking = await self.whose(token, kind)
        if asking.blocked:
            raise Denied(BLOCKED)
        return asking

    async def whose(self, token: str, kind: Kind) -> Asking:
        """The person whose session this is, let in or not. Raises Denied where it is none."""
        if not token or len(token) > TOKEN_LENGTH_MAX:
            raise Denied("SESSION_INVALID")
        hashed, now_s = token_hash(token), time.time()
        asking, expires_ms, read_at_s = self._sessions.get(hashed, (None, 0, 0.0))
        if now_s - read_at_s > SESSION_AGE_S_MAX:
            asking, expires_ms = await self._session(hashed, int(now_s * 1000))
            self._remember(hashed, asking, expires_ms, now_s)
        if asking is None or expires_ms <= now_s * 1000:
            raise Denied("SESSION_INVALID")
        if (asking.kind == "operator") != (kind == "operator"):
            raise Denied("SESSION_INVALID")
        return asking

    async def signs(self, key_id: str) -> bool:
        """Whether this key still signs for an account that may come in."""
        key = await self._api_key(key_id)
        return key is not None and not key.blocked

    async def is_blocked(self, account_id: str) -> bool:
        """Whether one of our people has blocked the account; always asked anew."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(STANDING, (account_id,))).fetchone()
        return row is not None

    async def open(
        self, kind: Kind, subject: str, role: Role | Literal[""], expires_ms: int,
        contact: str = "",
    ) -> str:  # fmt: skip
        """A session's token: told once, kept as a hash."""
        token = new_token()
        row = (token_hash(token), kind, subject, role, expires_ms, contact)
        async with self._pool.connection() as connection:
            await connection.execute(OPEN, row)
        return token

    async def close(self, token: str) -> None:
        """End a session; other processes may believe it for SESSION_AGE_S_MAX more."""
        hashed = token_hash(token)
        async with self._pool.connection() as connection:
            await connection.execute(CLOSE, (hashed,))
        self._sessions.pop(hashed, None)

    async def sessions(self, kind: Kind, subject: str, now_ms: int) -> list[tuple[bytes, int]]:
        """(hash of the token, end in ms) of each, the newest first, SESSIONS_MAX at most."""
        async with self._pool.connection() as connection:
            found = await connection.execute(OF, (kind, subject, now_ms, SESSIONS_MAX))
            return [(bytes(hashed), expires_ms) for hashed, expires_ms in await found.fetchall()]

    async def revoke(self, kind: Kind, subject: str, hashed: bytes) -> bool:
        """End one of somebody's own sessions; False where it is none of theirs."""
        async with self._pool.connection() as connection:
            done = await connection.execute(REVOKE, (hashed, kind, subject))
        if done.rowcount:
            self._sessions.pop(hashed, None)
        return bool(done.rowcount)

    async def operator(self, name: str) -> Operator | None:
        """What this name signs in with; always asked anew."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(OPERATOR, (name,))).fetchone()
        if row is None:
            return None
        return Operator(row[0], row[1], self._box.open(row[2], totp_purpose(name)))

    async def forget(self, now_ms: int) -> None:
        """Drop sessions that have ended."""
        async with self._pool.connection() as connection:
            await connection.execute(FORGET, (now_ms,))

    async def _api_key(self, key_id: str) -> ApiKey | None:
        found = self._keys.get(key_id)
        if found is not None:
            return found
        now_s = time.monotonic()
        if now_s - self._unknown.get(key_id, -UNKNOWN_AGE_S_MAX) < UNKNOWN_AGE_S_MAX:
            return None
        async with self._pool.connection() as connection:
            row = await (await connection.execute(API_KEY, (key_id,))).fetchone()
        if row is None:
            _bounded(self._unknown)[key_id] = now_s
            return None
        secret = self._box.open(row[1], api_key_purpose(key_id))
        key = ApiKey(row[0], secret, row[2], row[3])
        _bounded(self._keys)[key_id] = key
        return key

    async def _session(self, hashed: bytes, now_ms: int) -> tuple[Asking | None, int]:
        async with self._pool.connection() as connection:
            found = await connection.execute(SESSION, (hashed, now_ms))
            row = await found.fetchone()
        if row is None:
            return None, 0
        kind, subject, role, expires_ms, contact, level, blocked = row
        kind = cast("Kind", kind)
        asking = Asking(kind, subject, role, contact, level, expires_ms, blocked=blocked)
        return asking, expires_ms

    def _remember(
        self, hashed: bytes, asking: Asking | None, expires_ms: int, now_s: float
    ) -> None:
        if asking is not None:
            _bounded(self._sessions)[hashed] = (asking, expires_ms, now_s)


def _bounded(remembered: dict[Any, Any]) -> dict[Any, Any]:
    """The same dict, emptied when it has grown too large."""
    if len(remembered) >= KEYS_MAX:
        remembered.clear()
    return remembered
