"""A small log of two shards of orders, made by hand, to be read whole or damaged."""

from collections.abc import Callable, Iterable
from hashlib import sha256

from shared.contracts.envelope import NO_CHAIN, Sealed, chained, rfc3339
from shared.contracts.inventory import ReserveStock
from shared.contracts.message import Message
from shared.contracts.orders import CancelOrder, LineReserved, OrderExpired
from shared.replay.files import Stored
from shared.replay.merge import Route
from shared.testing.sender import door_headers

START_MS = 1_700_000_000_000


class Writer:
    """A source: numbers and chains what it writes; nothing is on the log before it is put there."""

    def __init__(self, shard: int, service: str = "orders") -> None:
        self.source = f"/kameng/{service}/{shard}"
        self.position, self.chain, self.time_ms = 0, NO_CHAIN, START_MS
        self.lasts: dict[Route, int] = {}

    def seal(self, topic: str, partition: int, message: Message, cause: str = "") -> Sealed:
        self.position += 1
        self.time_ms += 1
        route = (topic, partition)
        previous, self.lasts[route] = self.lasts.get(route, 0), self.position
        key, value, time = message.partition_key.encode(), message.encode(), rfc3339(self.time_ms)
        cause = cause or f"deadline/{self.position}"
        self.chain = chained(
            self.chain, topic, key, self.position, message.type, self.source, message.subject,
            time, previous, cause, value,
        )  # fmt: skip
        return Sealed(
            topic, partition, key, value, message.type, message.subject, time, self.position,
            previous, cause, self.chain,
        )  # fmt: skip


class Log:
    """Partitions as lists; `read` hands them out side by side."""

    def __init__(self) -> None:
        self.lanes: dict[Route, list[Stored]] = {}

    def put(self, source: str, sealed: Sealed) -> str:
        """Append; the coordinates."""
        headers: list[tuple[str, bytes | None]] = [*sealed.headers(source)]
        return self.append((sealed.topic, sealed.partition), sealed.key, sealed.value, headers)

    def append(
        self, route: Route, key: bytes, value: bytes, headers: list[tuple[str, bytes | None]]
    ) -> str:
        lane = self.lanes.setdefault(route, [])
        lane.append(Stored(*route, len(lane), key, value, headers, START_MS))
        return f"{route[0]}/{route[1]}/{len(lane) - 1}"

    def tell(self, number: int) -> tuple[str, str]:
        """A client's command, as the door appends it; its coordinates, and as a cause."""
        command = CancelOrder(order_id=f"ord-{number}", account_id="acc", request_id="r")
        value = command.encode()
        where = self.append(("orders.commands", 0), b"acc", value, door_headers(command, "id"))
        return where, f"{where}#{sha256(value).hexdigest()}"

    def change(self, where: str, change: Callable[[Stored], Stored]) -> None:
        topic, partition, offset = where.rsplit("/", 2)
        lane = self.lanes[topic, int(partition)]
        lane[int(offset)] = change(lane[int(offset)])

    def drop(self, where: str) -> None:
        """Take the record out and close the ranks, as somebody would who rewrites the log."""
        topic, partition, offset = where.rsplit("/", 2)
        lane = self.lanes[topic, int(partition)]
        del lane[int(offset)]
        lane[:] = [record._replace(offset=number) for number, record in enumerate(lane)]

    def swap(self, where: str) -> None:
        """Exchange the record with the one after it."""
        topic, partition, offset = where.rsplit("/", 2)
        lane, number = self.lanes[topic, int(partition)], int(offset)
        lane[number], lane[number + 1] = lane[number + 1], lane[number]
        lane[:] = [record._replace(offset=number) for number, record in enumerate(lane)]

    def read(self) -> Iterable[Stored]:
        """One partition after the other: the hardest order for who holds records back."""
        return [record for lane in self.lanes.values() for record in lane]

    @property
    def places(self) -> list[str]:
        return [f"{r.topic}/{r.partition}/{r.offset}" for r in self.read()]


def fact(number: int) -> LineReserved:
    return LineReserved(order_id=f"ord-{number}", account_id="acc", line=1)


def expired(number: int) -> OrderExpired:
    return OrderExpired(order_id=f"ord-{number}", account_id="acc")


def command(number: int) -> ReserveStock:
    return ReserveStock(
        reservation_id=f"res-{number}",
        sku="jw-100",
        quantity=1,
        order_id=f"ord-{number}",
        line=1,
        account_id="acc",
    )


def whole_log(rounds: int = 6) -> Log:
    """Two shards: each round a client's command, two facts of it, and a command that follows."""
    log, shards = Log(), [Writer(0), Writer(1)]
    for number in range(rounds):
        _, cause = log.tell(number)
        for shard, writer in enumerate(shards):
            log.put(writer.source, writer.seal("orders.events", shard, fact(number), cause))
            log.put(writer.source, writer.seal("orders.events", shard, expired(number), cause))
            to = number % 2
            log.put(writer.source, writer.seal("inventory.commands", to, command(number), cause))
    return log


def header(record: Stored, name: str, value: bytes) -> Stored:
    """The record with one header changed."""
    return record._replace(headers=[(n, value if n == name else v) for n, v in record.headers])
