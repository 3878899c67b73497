"""Performs the effect `topup`: opens the target, calls the supplier, says what it has answered.

A call that finds nobody, or no answer, is an answer too: nobody knows. The rules then ask again,
with growing pauses that outlast this process.
"""

import json
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

import httpx
import structlog

from services.delivery.domain import Limits, SupplierAnswered
from services.delivery.domain.outcomes import Code
from services.delivery.domain.state import Job
from services.delivery.process import Call
from shared.kernel.decider import Effect
from shared.security.sealing import NotOurs, unseal
from shared.shards.ports import Clock

TIMEOUT_S: Final = 10.0
"""For one call, its answer included."""

log = structlog.get_logger()


class Wanted(NamedTuple):
    """A top-up as a supplier is asked for it."""

    request_id: str
    sku: str
    quantity: int
    target: Mapping[str, str]
    """By the names of its form's fields, in clear: never logged, never stored."""


class Said(NamedTuple):
    """What a supplier has answered, in our words."""

    code: Code
    receipt: str = ""


class Supplier(Protocol):
    """One supplier. Raises httpx.HTTPError where no answer came."""

    async def submit(self, wanted: Wanted) -> Said:
        """Send the request; the same request id is the same top-up, however often it is sent."""

    async def ask(self, request_id: str) -> Said:
        """What became of a request."""


class Supplying:
    """Performs calls to suppliers."""

    def __init__(
        self, suppliers: Mapping[str, Supplier], private_key: bytes, clock: Clock, limits: Limits
    ) -> None:
        self._suppliers, self._key = suppliers, private_key
        self._clock, self._limits = clock, limits

    async def __call__(self, effect: Effect) -> SupplierAnswered:
        """Call once; whatever comes of it is an answer."""
        call: Call = effect.payload
        job = call.job
        try:
            said = await self._call(call)
        except httpx.HTTPError as error:
            log.info("supplier silent", supplier=job.supplier, why=type(error).__name__)
            said = Said("TIMED_OUT")
        except (NotOurs, KeyError, ValueError) as error:
            log.error("top-up cannot be sent", order=job.order_id, why=type(error).__name__)  # noqa: TRY400  # a traceback might quote a target
            said = Said("MISSING_PARAMETER")
        return SupplierAnswered(
            job.order_id, job.account_id, job.reservation_id, job.request_id, call.call_id,
            said.code, said.receipt, self._clock.now_ms(), self._limits,
        )  # fmt: skip

    async def _call(self, call: Call) -> Said:
        supplier = self._suppliers[call.job.supplier]
        if call.verb == "ask":
            return await supplier.ask(call.job.request_id)
        return await supplier.submit(self._wanted(call.job))

    def _wanted(self, job: Job) -> Wanted:
        target = json.loads(unseal(self._key, job.target, job.order_id, job.sku))
        return Wanted(job.request_id, job.sku, job.quantity, target)
