"""What risk reads, by which rules, and how it is put together for the engine."""

from pathlib import Path

import pytest

from services.risk.app import service
from services.risk.domain import Account, Judge, Limits, Verdict
from services.risk.settings import Settings
from shared.contracts.matrix import TOPICS
from shared.contracts.orders import OrderPlaced
from shared.shards.service import Arrival
from tests.unit.risk.examples import account, amount, order, rules

DEFAULT = Settings.load({}).rules


def test_risk_reads_only_what_the_matrix_lets_it_read() -> None:
    assert all("risk" in TOPICS[topic].readers for topic in service().subscriptions)


def test_an_order_is_judged_by_the_rules_of_the_settings() -> None:
    some = rules(amount())
    handler = service(Settings(some)).subscriptions["orders.events"][OrderPlaced]
    assert handler(order(), Arrival(7, {})) == Judge(order(), some, 7, Limits())


def test_the_rules_may_lie_in_another_file(tmp_path: Path) -> None:
    other = tmp_path / "rules.json"
    other.write_text('{"version": "mine", "rules": []}')
    assert Settings.load({"KAMENG_RISK_RULES": str(other)}).rules.version == "mine"


def test_without_its_rules_risk_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Settings.load({"KAMENG_RISK_RULES": str(tmp_path / "none.json")})


def test_by_default_a_buyer_is_blocked_after_thirty_orders_a_minute() -> None:
    assert DEFAULT.judge(account((0, 29, 0)), order()).action == "allow"
    assert DEFAULT.judge(account((0, 30, 0)), order()) == Verdict("block", ("velocity.retail",))


def test_by_default_a_reseller_may_send_thousands_of_orders_a_minute() -> None:
    busy = account((0, 99_000, 10**9))
    assert DEFAULT.judge(busy, order(level="member")).action == "allow"


def test_by_default_a_very_large_order_is_blocked_whoever_sends_it() -> None:
    huge = order(total=100_000_001, level="member")
    assert DEFAULT.judge(Account(), huge) == Verdict("block", ("amount.any",))
