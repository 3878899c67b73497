"""Kafka users with SCRAM credentials, made and renewed over the wire."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from deploy.local.kafka_wire import send_to_controller
from deploy.local.refusal import Refusal

SHA_256 = 1
ITERATIONS = 4096  # Kafka's least; the passwords are random, not guessed from a word list
SALT_BYTES = 18


async def ensure_users(admin: AIOKafkaAdminClient, passwords: Mapping[str, str]) -> None:
    """Give each user the password it has now. Raises Refusal when the broker does not take it."""
    response = await send_to_controller(admin, _AlterScram(passwords))
    for user, error_code, message, _tags in response.results:
        if error_code:
            raise Refusal(f"Kafka does not take user {user}: {message or error_code}.")


class _AlterScramResponse(Response):
    API_KEY: ClassVar[int] = 51
    API_VERSION: ClassVar[int] = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _AlterScramStruct(RequestStruct):
    FLEXIBLE_VERSION = True
    API_KEY = 51
    API_VERSION = 0
    RESPONSE_TYPE = _AlterScramResponse
    SCHEMA = Schema(
        (
            "deletions",
            CompactArray(
                ("name", CompactString("utf-8")), ("mechanism", Int8), ("tags", TaggedFields)
            ),
        ),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _AlterScram(Request[_AlterScramStruct]):
    API_KEY = 51

    def __init__(self, passwords: Mapping[str, str]) -> None:
        self._passwords = passwords

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class([], [_upsertion(*pair) for pair in self._passwords.items()], {})


def _upsertion(user: str, password: str) -> tuple[Any, ...]:
    salt = secrets.token_bytes(SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    return (user, SHA_256, ITERATIONS, salt, salted, {})
