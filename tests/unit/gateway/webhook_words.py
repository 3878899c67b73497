"""An account with an endpoint, as tests of webhooks speak of it."""

from typing import Any

from services.gateway import domain, process
from services.gateway.domain import OrderMoved, WebhookAnswered
from services.gateway.domain.webhook_events import message_of
from services.gateway.domain.webhooks import of
from shared.contracts.orders import OrderCompleted, OrderPaid
from shared.contracts.webhooks import SetWebhook, WebhookMessage, WebhookSet, WebhookVerified
from shared.kernel.decider import Elapsed
from shared.testing.scenario import World

NOW_MS = 1_800_000_000_000
ABOUT: dict[str, Any] = {"endpoint_id": "e-1", "account_id": "acc-1"}
SET = SetWebhook(
    **ABOUT, request_id="r-1", name="main", url="https://shop.example/hook", enabled=True,
    sealed_secret="b1.first", by="buyer",
)  # fmt: skip
WAS_SET = WebhookSet(**SET.model_dump(), verifying=True)
VERIFIED = WebhookVerified(**ABOUT)


def paid(order_id: str, now_ms: int = NOW_MS) -> OrderMoved:
    fact = OrderPaid(order_id=order_id, account_id="acc-1", payment_id="p", lines=(), amount=9)
    return OrderMoved(fact, now_ms)


def completed(order_id: str) -> OrderMoved:
    return OrderMoved(OrderCompleted(order_id=order_id, account_id="acc-1", by="buyer"), NOW_MS)


def message(moved: OrderMoved, endpoint_id: str = "e-1") -> WebhookMessage:
    return message_of(endpoint_id, moved)


class Walk:
    """An endpoint, walked by what happens to it."""

    def __init__(self, *facts: Any) -> None:
        self.world = World(domain).fold(*(facts or (WAS_SET, VERIFIED)))
        self.now_ms = NOW_MS

    def do(self, command: Any) -> list[Any]:
        """Decide it, let it have happened, and ask once more: nothing new may come of it."""
        facts = self.world.decide(command)
        self.world.fold(*facts)
        assert self.world.decide(command) == []
        return facts

    @property
    def state(self) -> Any:
        return self.world.states[of("e-1")]

    def call(self) -> Any:
        """The call that is out, if there is one."""
        return process.effect(of("e-1"), self.state)

    def due(self) -> Any:
        """When something happens by itself, if it does."""
        return process.due(of("e-1"), self.state)

    def answer(self, code: str = "OK", status: int = 200) -> list[Any]:
        """The call that is out is answered."""
        call = self.call()
        assert call, "nothing is called"
        return self.do(
            WebhookAnswered("acc-1", "e-1", call.id, code, status, took_ms=7, now_ms=self.now_ms)
        )

    def fail(self, status: int = 500) -> list[Any]:
        """It is answered badly."""
        return self.answer("REFUSED", status)

    def wait(self) -> list[Any]:
        """The pause passes."""
        due = self.due()
        assert due is not None, "nothing is waited for"
        self.now_ms = due
        return self.do(Elapsed(of("e-1"), self.now_ms))
