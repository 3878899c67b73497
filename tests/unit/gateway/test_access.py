"""API keys, operators, and what holds for every fact of the gateway."""

from typing import Any

import msgspec
import pytest

from services.gateway import domain
from services.gateway.app import service
from services.gateway.domain import AskCode, TryCode
from services.gateway.domain.api_keys import KEYS_MAX
from services.gateway.domain.states import Answered, SignIn
from shared.contracts.gateway import (
    AddOperator,
    ApiKeyIssued,
    ApiKeyRefused,
    ApiKeyRevoked,
    IssueApiKey,
    OperatorAdded,
    RequestSignIn,
    RevokeApiKey,
    TrySignIn,
)
from shared.contracts.matrix import TOPICS
from shared.contracts.registry import commands_of, facts_of
from shared.shards.service import Arrival
from shared.testing.scenario import given
from tests.contracts.examples import example
from tests.unit.gateway.test_sign_in import ask, attempt

KEY = IssueApiKey(
    key_id="key-1", account_id="acc-1", label="shop", sealed_secret="b1.x", by="owner-1"
)
OPERATOR = AddOperator(
    operator="li",
    request_id="req-1",
    role="stock",
    password_hash="$argon2id$x",
    sealed_totp="b1.y",
    by="owner-1",
)


def test_an_account_gets_a_key_once() -> None:
    given(domain).when(KEY).then(ApiKeyIssued(**KEY.model_dump()))


REVOKE = RevokeApiKey(key_id="key-1", account_id="acc-1", request_id="req-9", by="acc-1")


def test_an_account_ends_its_own_key_for_ever() -> None:
    """Once revoked it signs for nobody, and is not issued again (F3)."""
    issued = ApiKeyIssued(**KEY.model_dump())
    revoked = ApiKeyRevoked(**REVOKE.model_dump())
    given(domain, issued).when(REVOKE).then(revoked)
    given(domain, issued, revoked).when(KEY).then_nothing()


def test_nobody_ends_a_key_that_is_another_accounts_or_nobodys() -> None:
    """The account is part of the question (F3)."""
    other = REVOKE.model_copy(update={"account_id": "acc-2"})
    given(domain, ApiKeyIssued(**KEY.model_dump())).when(other).then_nothing()
    given(domain).when(REVOKE).then_nothing()


def test_an_account_makes_ten_keys_and_another_only_when_one_has_ended() -> None:
    """Decided in the account's own shard: two at once make no eleventh (F3)."""
    own = [KEY.model_copy(update={"key_id": f"key-{n}", "by": "acc-1"}) for n in range(KEYS_MAX)]
    ten = [ApiKeyIssued(**each.model_dump()) for each in own]
    more = KEY.model_copy(update={"key_id": "key-x", "by": "acc-1"})
    refused = ApiKeyRefused(key_id="key-x", account_id="acc-1", code="TOO_MANY")
    given(domain, *ten).when(more).then(refused)
    ended = ApiKeyRevoked(**{**REVOKE.model_dump(), "key_id": "key-3"})
    given(domain, *ten, ended).when(more).then(ApiKeyIssued(**more.model_dump()))
    given(domain, *ten, refused, ended).when(more).then_nothing()
    ours = more.model_copy(update={"by": "owner-1"})
    given(domain, *ten).when(ours).then(ApiKeyIssued(**ours.model_dump()))


def test_a_key_that_is_issued_is_never_another_accounts() -> None:
    other = KEY.model_copy(update={"account_id": "acc-2"})
    given(domain, ApiKeyIssued(**KEY.model_dump())).when(other).then_nothing()


def test_an_operator_is_added_and_may_be_given_another_password_later() -> None:
    added = OperatorAdded(**OPERATOR.model_dump())
    given(domain).when(OPERATOR).then(added)
    again = OPERATOR.model_copy(update={"request_id": "req-2", "password_hash": "$argon2id$z"})
    given(domain, added).when(again).then(OperatorAdded(**again.model_dump()))


def test_every_command_that_is_asked_of_the_gateway_is_taken() -> None:
    assert set(service().subscriptions["gateway.commands"]) == set(commands_of("gateway"))


def test_the_gateway_reads_only_what_the_matrix_lets_it_read() -> None:
    assert all("gateway" in TOPICS[topic].readers for topic in service().subscriptions)


def test_time_comes_in_with_the_message_that_needs_it() -> None:
    taken = service().subscriptions["gateway.commands"]
    arrival = Arrival(7, {})
    assert taken[RequestSignIn](ask().asked, arrival) == AskCode(ask().asked, 7)
    assert taken[TrySignIn](attempt().tried, arrival) == TryCode(attempt().tried, 7)
    assert taken[IssueApiKey](KEY, arrival) == KEY
    assert taken[AddOperator](OPERATOR, arrival) == OPERATOR


def test_every_fact_changes_only_what_it_names() -> None:
    for cls in facts_of("gateway"):
        fact: Any = example(cls)
        for key, state in (("sign_in/y", SignIn("acc")), ("request/y", None), ("api_key/y", None)):
            assert domain.evolve(key, state, fact) == state
        assert set(domain.keys(fact, {})), cls


@pytest.mark.parametrize(
    "state", [SignIn(), SignIn("acc", recent=(1, 2)), Answered()], ids=lambda s: type(s).__name__
)
def test_what_is_remembered_survives_its_own_encoding(state: SignIn | Answered) -> None:
    stored = msgspec.msgpack.encode(state)
    assert msgspec.msgpack.decode(stored, type=domain.State) == state
