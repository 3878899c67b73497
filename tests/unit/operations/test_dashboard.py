"""The dashboard asks for nothing that the code does not export, and shows what it exports."""

import json
import re
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry

from deploy.local.folder import CHECKOUT
from services.gateway.door.measuring import DoorMetrics
from shared.runtime.metrics import ViewsMetrics, WorkerMetrics
from shared.shards.ledger import Ledger
from shared.shards.takeover import Owned
from tests.unit.operations.standing import follower, pressure, worker

FILE = CHECKOUT / "deploy" / "dashboards" / "kameng.json"
NAME = re.compile(r"\b(?:kameng|process)_\w+")
OF_HISTOGRAMS = ("_bucket", "_count", "_sum")
ROWS = ["Promotion day", "Per service", "Door"]


def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FILE.read_text())
    return loaded


def asked() -> set[str]:
    expressions = [t["expr"] for panel in dashboard()["panels"] for t in panel.get("targets", ())]
    return {name for expression in expressions for name in NAME.findall(expression)}


def exported() -> set[str]:
    own = CollectorRegistry()
    at_work = worker()
    at_work.owned[0] = Owned(Ledger())
    own.register(WorkerMetrics("orders", at_work))
    own.register(ViewsMetrics("gateway.views", follower()))
    own.register(DoorMetrics(pressure(), lambda: 0))
    families = [*own.collect(), *REGISTRY.collect()]
    names = set[str]()
    for family in families:
        ends = {"counter": ("_total",), "histogram": OF_HISTOGRAMS}.get(family.type, ("",))
        names |= {family.name + end for end in ends}
    return {name for name in names if name.startswith(("kameng_", "process_"))}


def test_every_metric_of_the_dashboard_is_exported() -> None:
    assert asked() - exported() == set()


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    ours = {name for name in exported() if name.startswith("kameng_")}
    shown = asked()
    stems = {name for name in ours if not name.endswith(OF_HISTOGRAMS)}
    assert stems - shown == set()
    histograms = {name.removesuffix("_bucket") for name in ours if name.endswith("_bucket")}
    assert {name for name in histograms if f"{name}_bucket" not in shown} <= {"kameng_turn_records"}


def test_names_follow_the_conventions_of_the_field() -> None:
    for name in exported():
        assert not re.search(r"_(ms|millis|minutes)\b", name), name


def test_the_dashboard_has_a_row_for_each_question() -> None:
    panels = dashboard()["panels"]
    assert [panel["title"] for panel in panels if panel["type"] == "row"] == ROWS
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_the_page_for_operators_names_commands_that_exist() -> None:
    page = Path(CHECKOUT / "docs" / "operations.md").read_text()
    said = set(re.findall(r"kameng ops (\w+)", page))
    assert said == {"lag", "top", "shards", "scale", "parked", "gap"}
    named = set(re.findall(r"\bkameng_\w+", page))
    assert named <= exported()
