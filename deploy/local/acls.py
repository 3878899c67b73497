"""Access lists made from the matrix, and brought to exactly that: what is surplus goes."""

import asyncio
import time
from collections.abc import Iterable
from enum import IntEnum
from typing import Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol import admin as protocol

from deploy.local.kafka_wire import send
from deploy.local.refusal import Refusal
from shared.contracts.matrix import TopicRule

AUDITOR = "auditor"
VISIBLE_S_MAX = 30.0
VISIBLE_POLL_S = 0.05


class Resource(IntEnum):
    """What an entry is about; the numbers are Kafka's."""

    TOPIC = 2
    GROUP = 3


class Pattern(IntEnum):
    """How an entry's name is compared; ANY is for asking only."""

    ANY = 1
    LITERAL = 3
    PREFIXED = 4


class Operation(IntEnum):
    """What an entry allows."""

    READ = 3
    WRITE = 4
    DESCRIBE = 8
    DESCRIBE_CONFIGS = 10


ANY = 1
ALLOW = 3
EVERY_HOST = "*"
EVERY_NAME = "*"


class Acl(NamedTuple):
    """One permission, in the order of Kafka's own request."""

    resource: int
    name: str
    pattern: int
    principal: str
    host: str
    operation: int
    permission: int


def entries(matrix: Iterable[TopicRule], services: Iterable[str]) -> frozenset[Acl]:
    """All permissions: topics by the matrix, and each service its own consumer groups."""
    made = set[Acl]()
    for rule in matrix:
        made |= {_topic(rule.topic, user, Operation.WRITE) for user in rule.writers}
        readers = rule.readers | {AUDITOR}
        made |= {_topic(rule.topic, user, Operation.READ) for user in readers}
        made.add(_topic(rule.topic, AUDITOR, Operation.DESCRIBE_CONFIGS))
    for user in (*services, AUDITOR):
        # The bare name and the name with a dot: `audit` as a prefix would open `auditor` too.
        made.add(_group(user, user, Pattern.LITERAL))
        made.add(_group(f"{user}.", user, Pattern.PREFIXED))
    made.add(_group(EVERY_NAME, AUDITOR, Pattern.LITERAL, Operation.DESCRIBE))
    return frozenset(made)


def _topic(topic: str, user: str, operation: Operation) -> Acl:
    return _allow(Resource.TOPIC, topic, Pattern.LITERAL, user, operation)


def _group(
    name: str, user: str, pattern: Pattern, operation: Operation = Operation.READ
) -> Acl:  # fmt: skip
    return _allow(Resource.GROUP, name, pattern, user, operation)


def _allow(
    resource: Resource, name: str, pattern: Pattern, user: str, operation: Operation
) -> Acl:  # fmt: skip
    return Acl(int(resource), name, int(pattern), f"User:{user}", EVERY_HOST, int(operation), ALLOW)


async def bring_to(admin: AIOKafkaAdminClient, wanted: frozenset[Acl]) -> None:
    """Create what is missing, delete what our users have beyond it, wait until it acts."""
    principals = {acl.principal for acl in wanted}
    present = await _present(admin, principals)
    if missing := wanted - present:
        response = await send(admin, _Create(sorted(missing)))
        _check(response.creation_responses)
    if surplus := present - wanted:
        response = await send(admin, _Delete(sorted(surplus)))
        _check(response.filter_responses)
    deadline = time.monotonic() + VISIBLE_S_MAX
    while time.monotonic() < deadline:
        if await _present(admin, principals) == wanted:
            return
        await asyncio.sleep(VISIBLE_POLL_S)
    raise Refusal("Kafka has taken the access lists but does not act on them: look at its log.")


async def _present(admin: AIOKafkaAdminClient, principals: set[str]) -> frozenset[Acl]:
    request = protocol.DescribeAclsRequest(ANY, None, ANY, None, None, ANY, ANY)
    response = await send(admin, request)
    if response.error_code:
        raise Refusal(f"Kafka does not show its access lists: {response.error_message}.")
    found = (
        Acl(resource, name, pattern, *acl)
        for resource, name, pattern, acls in response.resources
        for acl in acls
    )
    return frozenset(acl for acl in found if acl.principal in principals)


def _check(responses: Iterable[Any]) -> None:
    for error_code, message, *_ in responses:
        if error_code:
            raise Refusal(f"Kafka refuses the access lists: {message or error_code}.")


# The client has these requests, for one entry each, and no method that sends them.
class _Create(protocol.CreateAclsRequest):
    def __init__(self, acls: list[Acl]) -> None:
        self._acls = acls

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class([tuple(acl) for acl in self._acls])


class _Delete(protocol.DeleteAclsRequest):
    def __init__(self, acls: list[Acl]) -> None:
        self._acls = acls

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class([tuple(acl) for acl in self._acls])
