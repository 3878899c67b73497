"""The admin client, and requests that it knows but has no method for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.api import Request

from deploy.local.endpoints import KafkaEndpoint
from deploy.local.refusal import Refusal

REQUEST_MS_MAX = 30_000


@asynccontextmanager
async def admin_of(endpoint: KafkaEndpoint) -> AsyncIterator[AIOKafkaAdminClient]:
    """A started admin client. Raises Refusal when the broker cannot be reached."""
    admin = AIOKafkaAdminClient(**endpoint.client(), request_timeout_ms=REQUEST_MS_MAX)
    try:
        await admin.start()
    except (KafkaError, OSError) as error:
        await admin.close()
        raise Refusal(
            f"Kafka at {endpoint.bootstrap} does not let {endpoint.user} in "
            f"({type(error).__name__}): correct KAMENG_KAFKA, or unset it to use a local broker."
        ) from error
    try:
        yield admin
    finally:
        await admin.close()


async def send(admin: AIOKafkaAdminClient, request: Request[Any]) -> Any:
    """Send any request to a broker and return its answer."""
    return await admin._send_request(request)  # noqa: SLF001 - there is no public way


async def send_to_controller(admin: AIOKafkaAdminClient, request: Request[Any]) -> Any:
    """Send a request that only the controller answers."""
    return await admin._send_to_controller(request)  # noqa: SLF001 - there is no public way
