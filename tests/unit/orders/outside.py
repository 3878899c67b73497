"""The world around one order: risk, inventory, payments and delivery, each at its own pace.

Every topic is a queue per sender: within one queue order is kept, between two there is none.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.inventory import CommitStock, ReleaseStock, ReserveStock
from shared.contracts.message import Fact
from shared.contracts.orders import OrderPlaced, PaymentRequested
from shared.contracts.payments import CancelPayment, PaymentConfirmed
from shared.contracts.refunds import RefundPayment
from tests.unit.orders import back, screened
from tests.unit.orders import examples as say


@dataclass
class Payment:
    """Exactly one end, whatever is asked in whichever order."""

    lines: tuple[int, ...] = ()
    amount: int = 0
    open: bool = False
    ended: bool = False
    tries: int = 0


@dataclass
class Outside:
    """Queues of what was asked and of what was answered, and what each one remembers."""

    queues: dict[str, deque[Any]] = field(default_factory=dict)
    stock: dict[str, str] = field(default_factory=dict)
    """What inventory holds, by reservation id: held, refused, released or sold."""
    payment: Payment = field(default_factory=Payment)
    delivery: dict[int, str] = field(default_factory=dict)
    """What became of each paid line: delivered or failed."""
    refunds: list[RefundPayment] = field(default_factory=list)

    def put(self, queue: str, message: Any) -> None:
        self.queues.setdefault(queue, deque()).append(message)

    def busy(self, kind: str) -> list[str]:
        """Queues of this kind (`ask` or `answer`) that are not empty."""
        return sorted(name for name, queue in self.queues.items() if queue and kind in name)

    def sent(self, facts: list[Fact], commands: list[Any]) -> None:
        """Others read orders' facts and commands: two topics, so two queues."""
        for fact in facts:
            if isinstance(fact, OrderPlaced):
                self.put("ask risk", fact)
            if isinstance(fact, PaymentRequested):
                self.put("ask payments facts", fact)
        for command in commands:
            if isinstance(command, CancelPayment | RefundPayment):
                self.put("ask payments commands", command)
            else:
                self.put(f"ask inventory {command.sku}", command)

    def work(self, queue: str, *, kindly: bool) -> None:
        """The service behind the queue takes its next record; ``kindly``: which way it decides."""
        message = self.queues[queue].popleft()
        match message:
            case OrderPlaced():
                self._screen(message, kindly=kindly)
            case PaymentRequested():
                self._asked_to_pay(message, kindly=kindly)
            case CancelPayment():
                self._end_payment(say.payment_cancelled())
            case ReserveStock() | ReleaseStock() | CommitStock():
                self._stock(message, kindly=kindly)
            case RefundPayment():
                self.refunds.append(message)
                self.put("answer payments", back.issued(message.refund_id, message.amount))
            case PaymentConfirmed():
                line = self.payment.lines[0]
                said = say.card_delivered(line) if kindly else back.failing(line)
                self.delivery[line] = "delivered" if kindly else "failed"
                self.put("answer delivery", said)
                self.payment.lines = self.payment.lines[1:]

    def _screen(self, order: OrderPlaced, *, kindly: bool) -> None:
        """Risk clears or blocks; of orders of several lines only after somebody else's word."""
        asks = {2: screened.code_wanted(), 3: screened.held()}
        if len(order.lines) in asks:
            self.put("answer risk", asks[len(order.lines)])
        self.put("answer risk", say.cleared() if kindly else say.blocked("any"))

    def _stock(self, asked: ReserveStock | ReleaseStock | CommitStock, *, kindly: bool) -> None:
        known = self.stock.get(asked.reservation_id)
        match asked:
            case ReserveStock() if known is None:
                self.stock[asked.reservation_id] = "held" if kindly else "refused"
                answer = say.reserved(asked.line) if kindly else say.refused(asked.line)
                self.put(f"answer inventory {asked.sku}", answer)
            case ReleaseStock() if known != "refused":
                assert known in {None, "held"}, f"{known} is released"
                self.stock[asked.reservation_id] = "released"
            case CommitStock():
                assert known == "held", f"{known} is sold"
                self.stock[asked.reservation_id] = "sold"

    def _asked_to_pay(self, asked: PaymentRequested, *, kindly: bool) -> None:
        self.payment.lines = tuple(hold.line for hold in asked.lines)
        self.payment.amount = asked.amount
        if self.payment.ended:
            return
        self.payment.open = True
        self.put("answer payments", back.offered())
        self.try_to_pay(kindly=kindly)

    def try_to_pay(self, *, kindly: bool) -> None:
        """The first try, or a further one."""
        if not self.payment.open:
            return
        if kindly:
            self._confirm()
            return
        tries = self.payment.tries
        self.payment.tries += 1
        request_id = f"try-{tries}" if tries else say.PAYMENT
        self.put("answer payments", say.payment_declined(request_id))

    def expire(self) -> None:
        """The payment's own deadline."""
        if self.payment.open:
            self._end_payment(say.payment_expired())

    def _confirm(self) -> None:
        word = say.payment_confirmed(*self.payment.lines).word
        said = say.heard(word.model_copy(update={"amount": self.payment.amount}))
        self._end_payment(said)
        for _ in self.payment.lines:
            self.put("ask delivery", said.word)

    def _end_payment(self, said: Any) -> None:
        if not self.payment.ended:
            self.payment.ended, self.payment.open = True, False
            self.put("answer payments", said)

    def next_answer(self, queue: str) -> Any:
        """What orders reads next of this queue."""
        return self.queues[queue].popleft()
