"""A small shop's log as an outside auditor gets it: files, a public key, heads signed with it."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Final

from deploy.load.shop import Shop
from deploy.verifier import verify
from services.audit.adapters.signing import Signer, Verifier
from services.audit.examination import Examination
from shared.contracts.audit import CheckpointSigned
from shared.replay import files
from shared.shards.memory import MemoryBroker
from tests.unit.audit.shop import examined, trade
from tests.unit.replay.logs import Writer

SIGNER: Final = Signer(bytes(range(32)))
CARDS: Final = 8
ORDERS: Final = 12
VERIFIER: Final = Path(verify.__file__)


def sign(log: MemoryBroker) -> None:
    """Audit's own shard 0 puts every source's head on record."""
    audit = Writer(0, "audit")
    for source in examined(log).chains.sources.values():
        assert source.chain
        head = SIGNER.sign(source.name, source.head, source.chain)
        fact = CheckpointSigned(**head.model_dump())
        sealed = audit.seal("audit.events", 0, fact)
        headers = sealed.headers(audit.source)
        log.append(("audit.events", 0), sealed.key, sealed.value, headers)


def repeat(log: MemoryBroker) -> None:
    """A worker has taken orders' shards over, and sent again what follows from their facts."""
    for route, lane in log.logs.items():
        if route[0] == "inventory.commands":
            for record in lane[:]:
                if b"/kameng/orders/" in (dict(record.headers)["ce_source"] or b""):
                    log.append(route, record.key, record.value, record.headers)


def export(folder: Path) -> None:
    """Orders that were placed, paid and delivered; some records sent twice; every head signed."""
    log = asyncio.run(trade(Shop("export", skus_count=2, buyers_count=2), CARDS, ORDERS))
    repeat(log)
    sign(log)
    for lane in log.logs.values():
        files.write(folder, lane)
    (folder / files.PUBLIC_KEY).write_text(SIGNER.public.hex() + "\n")


def judged(folder: Path) -> Examination:
    """By the audit."""
    examination = Examination(Verifier(SIGNER.public))
    for records in files.batches(folder):
        examination.feed(records)
    examination.finish(now_ms=0, patience_ms=0)
    return examination


def verified(folder: Path, *key: str) -> tuple[int, list[str]]:
    """By the stranger's verifier, in a Python that sees nothing of ours; status and lines."""
    argv = [sys.executable, "-I", str(VERIFIER), str(folder), *key]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=50, check=False)
    assert not ran.stderr
    return ran.returncode, ran.stdout.splitlines()
