"""What decides is pure."""

import pytest

from tests.tidy.purity import impurities, is_pure
from tests.tidy.source import Source, expect_kept, python


def test_what_decides_is_pure_everywhere() -> None:
    expect_kept(impurities, (source for source in python() if is_pure(source.path)))


@pytest.mark.parametrize(
    "path",
    [
        "services/orders/domain.py",
        "services/orders/domain/order.py",
        "services/risk/scoring.py",
        "services/payments/process.py",
        "shared/kernel/ids.py",
        "shared/contracts/orders.py",
        "shared/shards/folding.py",
    ],
)
def test_the_rule_knows_the_pure_rooms(path: str) -> None:
    assert is_pure(path)


@pytest.mark.parametrize("path", ["services/orders/app.py", "shared/shards/postgres.py"])
def test_the_rule_leaves_other_rooms_alone(path: str) -> None:
    assert not is_pure(path)


@pytest.mark.parametrize(
    "text",
    [
        "import psycopg",
        "import asyncio",
        "from aiokafka import AIOKafkaProducer",
        "import os",
        "from services.orders.settings import Settings",
        "async def decide(): ...",
        "at = datetime.now(UTC)",
        "import time",
        "new = uuid4()",
        "from random import choice",
        "import secrets",
        "level = environ['LEVEL']",
        "price = 0.985",
        "price = float(text)",
        "amount: float",
        "half = amount / 2",
        "amount /= 2",
    ],
)
def test_an_impurity_is_seen(text: str) -> None:
    assert list(impurities(Source("services/orders/domain.py", text)))


def test_plain_judgement_is_left_alone() -> None:
    text = """
from uuid import uuid5
from shared.contracts.orders import OrderPlaced

def decide(states, command):
    return [OrderPlaced(amount=command.amount // 2, at_ms=command.now_ms)]
"""
    assert not list(impurities(Source("services/orders/domain.py", text)))
