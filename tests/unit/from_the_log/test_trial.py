"""Another set of rules, tried on a log: which verdicts would change (D3)."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from deploy.trial.trial import Said, Trial
from services.risk.scoring import RuleSet
from shared.contracts.message import Fact
from shared.contracts.orders import OrderCancelled, OrderPaid, Origin
from tests.unit.from_the_log.exported import ORDERS, export
from tests.unit.risk import cases as say
from tests.unit.risk.examples import NOON_MS, amount, blocked, cleared, order, rules, velocity

LONG_AGO = "2020-01-01"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    export(folder)
    return folder


def tried(log: Path, folder: Path, *some: dict[str, Any], since: str = LONG_AGO) -> dict[str, Any]:
    file = folder / "rules.json"
    file.write_text(json.dumps({"version": "tried", "rules": some}))
    argv = ["risk", "test", "--since", since, "--rules", str(file), "--files", str(log), "--json"]
    result = CliRunner().invoke(app, argv)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


BLOCK: Any = {"id": "strict", "kind": "amount", "action": "block", "amount_max": 0}


def test_rules_that_nobody_breaks_change_nothing(log: Path, tmp_path: Path) -> None:
    found = tried(log, tmp_path)
    assert found["verdicts"] == [{"then": "allow", "now": "allow", "orders": ORDERS}]
    assert found["changes"] == []


def test_stricter_rules_name_each_order_that_they_would_stop(log: Path, tmp_path: Path) -> None:
    found = tried(log, tmp_path, BLOCK)
    assert found["verdicts"] == [{"then": "allow", "now": "block", "orders": ORDERS}]
    assert len({each["order"] for each in found["changes"]}) == ORDERS
    assert {tuple(each["rules"]) for each in found["changes"]} == {("strict",)}


def test_a_rule_that_is_only_tried_out_is_counted_and_changes_nothing(
    log: Path, tmp_path: Path
) -> None:
    found = tried(log, tmp_path, {**BLOCK, "dry_run": True})
    assert found["changes"] == []
    assert found["rules"] == [{"rule": "strict", "dry_run": True, "orders": ORDERS}]


def test_orders_before_that_time_are_not_told(log: Path, tmp_path: Path) -> None:
    assert tried(log, tmp_path, BLOCK, since="2100-01-01")["orders"] == 0


@pytest.mark.parametrize(("since", "text"), [("yesterday", "{}"), ("24h", "{"), ("24h", "{}")])
def test_what_cannot_be_tried_is_refused_in_a_sentence(
    log: Path, tmp_path: Path, since: str, text: str
) -> None:
    file = tmp_path / "rules.json"
    file.write_text(text)
    argv = ["risk", "test", "--since", since, "--rules", str(file), "--files", str(log)]
    result = CliRunner().invoke(app, argv)
    assert result.exit_code != 0
    assert "Traceback" not in result.output


def over(some: RuleSet, *facts: Fact, since_ms: int = 0) -> Trial:
    trial = Trial(some, since_ms)
    for fact in facts:
        trial.feed(fact)
    return trial


def test_what_came_before_that_time_counts_in_its_windows() -> None:
    facts = [f for n in (1, 2, 3) for f in (order(n, at_ms=NOON_MS + n), cleared(n))]
    trial = over(rules(velocity(2)), *facts, since_ms=NOON_MS + 3)
    (change,) = trial.changes()
    assert (change.order_id, change.now) == ("ord-3", Said("block", ("velocity",)))


def test_a_quota_is_given_back_as_the_orders_of_the_log_ended() -> None:
    facts: list[Fact] = []
    for n in range(1, 7):
        who: Any = {"order_id": f"ord-{n}", "account_id": "acc-1"}
        end = OrderCancelled(**who, by="buyer")
        paid = OrderPaid(**who, payment_id="p", lines=(), amount=985)
        facts += [order(n), cleared(n), end if n % 2 else paid]
    assert list(over(rules(say.quota(2)), *facts).changes()) == []
    open_ones = [fact for fact in facts if not isinstance(fact, OrderCancelled | OrderPaid)]
    assert len(list(over(rules(say.quota(2)), *open_ones).changes())) == 4


def test_subjects_of_all_accounts_are_counted_here_too() -> None:
    origin = Origin(address="a1")
    placed = [order(n, account_id=f"acc-{n}", origin=origin) for n in range(4)]
    said = [cleared(n) for n in range(4)]
    changes = list(over(rules(say.crowded(3)), *placed, *said).changes())
    assert [change.now for change in changes] == [Said("block", ("velocity.address",))]


def test_softer_rules_tell_whom_they_would_have_let_through() -> None:
    trial = over(rules(amount(10**6)), order(1), blocked("old"))
    assert [(c.then.action, c.now.action) for c in trial.changes()] == [("block", "allow")]
