"""API keys: each signs for one account, until it ends; ten of its own making at most (F3).

`api_key/<key id>` has the key, `api_keys/<account id>` those of the account that sign.
"""

from collections.abc import Iterable
from typing import Any, Final

from shared.contracts.gateway import (
    ApiKeyIssued,
    ApiKeyRefused,
    ApiKeyRevoked,
    IssueApiKey,
    RevokeApiKey,
)
from shared.contracts.message import Fact
from shared.kernel.decider import States

from .states import Answered, ApiKey, ApiKeys, State

KeyWord = IssueApiKey | RevokeApiKey
KeyFact = ApiKeyIssued | ApiKeyRevoked | ApiKeyRefused

KEYS_MAX: Final = 10
"""Of one account that sign; those that we have given it count, and we may give it more."""
LISTED: Final = "api_keys/"


def keys(message: KeyWord | KeyFact) -> Iterable[str]:
    """The key, and those that sign for its account."""
    return (_key(message), LISTED + message.account_id)


def decide(states: States, said: KeyWord) -> list[Fact]:
    """What the word comes to; [] where it was heard before."""
    if isinstance(said, RevokeApiKey):
        return _revoked(states, said)
    if _key(said) in states:
        return []
    listed = states.get(LISTED + said.account_id)
    own = said.by == said.account_id
    if own and isinstance(listed, ApiKeys) and len(listed.ids) >= KEYS_MAX:
        whose = {"key_id": said.key_id, "account_id": said.account_id}
        return [ApiKeyRefused(**whose, code="TOO_MANY")]
    return [ApiKeyIssued(**said.model_dump())]


def after(key: str, state: State | None, fact: KeyFact) -> State | None:
    """An aggregate after the fact."""
    if key == _key(fact):
        return ApiKey(fact.account_id if isinstance(fact, ApiKeyIssued) else "")
    if key != LISTED + fact.account_id or isinstance(fact, ApiKeyRefused):
        return state
    ids = state.ids if isinstance(state, ApiKeys) else ()
    rest = tuple([each for each in ids if each != fact.key_id])
    return ApiKeys((*rest, fact.key_id) if isinstance(fact, ApiKeyIssued) else rest)


def _revoked(states: States, said: RevokeApiKey) -> list[Fact]:
    """Its account ends it, or one of our people does; for ever."""
    found: Any = states.get(_key(said))
    theirs = isinstance(found, ApiKey) and found.account_id == said.account_id
    if not theirs and not isinstance(found, Answered):
        return []
    return [ApiKeyRevoked(**said.model_dump())]


def _key(message: KeyWord | KeyFact) -> str:
    return f"api_key/{message.key_id}"
