"""The sample shop, put in once: catalogue, cards, a reseller with money, an operator.

Everything goes through commands on the log, as if it had come through the door. Ids are fixed, so
that a second time changes nothing; a note beside the log's data says that it was done.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from deploy.load.appending import Appender
from deploy.load.following import Reader
from deploy.load.stocking import Awaited
from deploy.local.endpoints import KafkaEndpoint
from services.gateway.door.access import api_key_purpose, totp_purpose
from shared.contracts.catalog import ProductListed
from shared.contracts.gateway import AddOperator, ApiKeyIssued, IssueApiKey, OperatorAdded
from shared.contracts.inventory import ClaimCard, GrantQuota, QuotaGranted, StockReceived
from shared.contracts.message import Command, Fact
from shared.contracts.payments import Deposit, FundsDeposited
from shared.kernel import ids
from shared.security.box import Box
from shared.security.fingerprints import card_fingerprint
from shared.security.keys import FolderOfKeys
from shared.security.operators import hash_password
from shared.security.sealing import Sealer

from . import catalogue
from .codes import codes

BY: Final = "sample"
CARDS_OF_SKU: Final = 200
UNITS_OF_SKU: Final = 100_000
"""Of each top-up that the suppliers have been prepaid for."""
DEPOSIT: Final = 10_000_000
"""Minor units in the demo reseller's wallet."""
QUIET_S_MAX: Final = 5.0
"""Nothing more comes of what was asked for so long: the rest was there already."""

EVENTS: Final = ("catalog.events", "inventory.events", "payments.events", "gateway.events")


@dataclass(frozen=True)
class Ground:
    """Where the shop is put in."""

    door: KafkaEndpoint
    """With the door's rights to append."""
    reader: KafkaEndpoint
    """With an auditor's rights to read."""
    partitions: int
    keys: Path
    """The folder of the gateway's keys."""
    demo: Mapping[str, Mapping[str, str]]
    """`reseller`: key, secret; `operator`: user, password, totp_secret."""
    note: Path
    """Says what was put in; lies and goes with the log's data."""


async def plant(ground: Ground) -> bool:
    """Put the shop in, unless the note says that it is there; whether there was anything to do."""
    mark = _mark(ground)
    if ground.note.exists() and ground.note.read_text() == mark:
        return False
    commands = list(_commands(ground))
    reader = Reader(ground.reader, EVENTS, ground.partitions)
    async with reader, Appender(ground.door, ground.partitions) as appender:
        await reader.skip_to_end()
        awaited = Awaited(reader, *_facts(commands))
        arriving = asyncio.create_task(awaited.until(_facts(commands), QUIET_S_MAX))
        await appender.all(commands)
        await arriving
    ground.note.parent.mkdir(parents=True, exist_ok=True)
    ground.note.write_text(mark)
    return True


def demo_account() -> str:
    """The demo reseller's account."""
    return ids.derive("demo", "reseller")


def _commands(ground: Ground) -> Iterator[Command]:
    keys = FolderOfKeys(ground.keys)
    yield from catalogue.commands(BY)
    yield from _people(ground, Box(keys.fetch("own")))
    yield Deposit(
        deposit_id=ids.derive("demo", "deposit"), account_id=demo_account(), amount=DEPOSIT,
        currency="CNY", source="operator", by=BY, reason="a wallet to try it with",
    )  # fmt: skip
    for sku in catalogue.topup_skus():
        yield GrantQuota(
            sku=sku, request_id=ids.derive("demo", "quota", sku), units=UNITS_OF_SKU, by=BY,
            reason="prepaid with the supplier",
        )  # fmt: skip
    fingerprint = keys.fetch("fingerprint")
    for sku in catalogue.card_skus():
        yield from _cards(sku, Sealer(keys.fetch("delivery.pub")), fingerprint)


def _people(ground: Ground, box: Box) -> Iterator[Command]:
    reseller, operator = ground.demo["reseller"], ground.demo["operator"]
    yield IssueApiKey(
        key_id=reseller["key"], account_id=demo_account(), label="demo",
        sealed_secret=box.seal(reseller["secret"], api_key_purpose(reseller["key"])), by=BY,
    )  # fmt: skip
    name = operator["user"]
    yield AddOperator(
        operator=name, request_id=ids.derive("demo", "operator", name), role="owner",
        password_hash=hash_password(operator["password"]),
        sealed_totp=box.seal(operator["totp_secret"], totp_purpose(name)), by=BY,
    )  # fmt: skip


def _cards(sku: str, sealer: Sealer, fingerprint: bytes) -> Iterator[ClaimCard]:
    for number, code in enumerate(codes(sku, CARDS_OF_SKU), start=1):
        card_id = ids.card_id(card_fingerprint(fingerprint, code))
        yield ClaimCard(
            card_id=card_id, sku=sku, sealed=sealer.seal(code, card_id, sku),
            import_id=f"sample-{sku}", line=number,
        )  # fmt: skip


def _facts(commands: list[Command]) -> dict[type[Fact], int]:
    """What comes of them on an empty log."""
    cards = sum(isinstance(command, ClaimCard) for command in commands)
    listed = sum(1 for _ in catalogue.commands(BY))
    return {
        ProductListed: listed, ApiKeyIssued: 1, OperatorAdded: 1, FundsDeposited: 1,
        StockReceived: cards, QuotaGranted: len(catalogue.topup_skus()),
    }  # fmt: skip


def _mark(ground: Ground) -> str:
    """Changes when the sample shop does."""
    listed = b"".join(command.encode() for command in catalogue.commands(BY))
    people = "".join(ground.demo["reseller"].values()) + "".join(ground.demo["operator"].values())
    return sha256(listed + people.encode() + b"%d" % CARDS_OF_SKU).hexdigest()
