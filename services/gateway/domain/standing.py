"""How an account stands with us: blocked or not, by whom and why; and the level of its prices.

`account/<account id>` says whether it is blocked; `request/<request id>`, that a word was heard.
"""

from collections.abc import Iterable
from typing import Final, assert_never

from shared.contracts.accounts import (
    AccountBlocked,
    AccountLevelSet,
    AccountRefusal,
    AccountRefused,
    AccountUnblocked,
    BlockAccount,
    SetAccountLevel,
    UnblockAccount,
)
from shared.contracts.message import Fact
from shared.kernel.decider import States

from .states import Answered, Standing, State

AccountWord = BlockAccount | UnblockAccount | SetAccountLevel
AccountFact = AccountBlocked | AccountUnblocked | AccountLevelSet | AccountRefused

ACCOUNT: Final = "account/"


def keys(message: AccountWord | AccountFact) -> Iterable[str]:
    """The account, and where it is remembered that this was said."""
    said = f"request/{message.request_id}"
    if isinstance(message, SetAccountLevel | AccountLevelSet | AccountRefused):
        return (said,)
    return (ACCOUNT + message.account_id, said)


def decide(states: States, said: AccountWord) -> list[Fact]:
    """What the word comes to; [] where it was heard before."""
    if f"request/{said.request_id}" in states:
        return []
    found = states.get(ACCOUNT + said.account_id)
    blocked = isinstance(found, Standing) and found.blocked
    match said:
        case BlockAccount():
            if blocked:
                return [_refused(said, "ALREADY_BLOCKED")]
            return [AccountBlocked(**said.model_dump())]
        case UnblockAccount():
            if not blocked:
                return [_refused(said, "NOT_BLOCKED")]
            return [AccountUnblocked(**said.model_dump())]
        case SetAccountLevel():
            return [AccountLevelSet(**said.model_dump())]
        case _ as never:
            assert_never(never)


def after(key: str, state: State | None, fact: AccountFact) -> State | None:
    """An aggregate after the fact."""
    if key not in keys(fact):
        return state
    if not key.startswith(ACCOUNT):
        return Answered()
    return Standing(blocked=isinstance(fact, AccountBlocked))


def _refused(said: AccountWord, code: AccountRefusal) -> AccountRefused:
    return AccountRefused(
        account_id=said.account_id, request_id=said.request_id, code=code, by=said.by
    )
