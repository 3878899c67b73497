"""`kameng audit` on an exported log: its words, and a status that scripts can use."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from deploy.load.shop import Shop
from shared.replay import files
from tests.unit.audit.shop import trade

CARDS, ORDERS = 4, 6


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small shop's log as files."""
    folder = tmp_path_factory.mktemp("log")
    log = asyncio.run(trade(Shop("files", skus_count=2, buyers_count=2), CARDS, ORDERS))
    for lane in log.logs.values():
        files.write(folder, lane)
    return folder


def audited(folder: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", "--files", str(folder), "--settled", *options])
    return result.exit_code, result.output


def copied(folder: Path, to: Path, old: str, new: str) -> Path:
    """The log with one thing changed in delivery's facts."""
    for file in folder.glob("*.jsonl"):
        text = file.read_text()
        changed = file.name.startswith("delivery.events") and old in text
        (to / file.name).write_text(text.replace(old, new, 1) if changed else text)
    return to


def test_a_whole_log_is_said_to_be_whole(exported: Path) -> None:
    status, words = audited(exported)
    assert (status, "every law holds" in words) == (0, True)
    assert "delivered 6" in words


def test_the_report_is_there_for_programs(exported: Path) -> None:
    status, words = audited(exported, "--json")
    report: dict[str, Any] = json.loads(words)
    assert status == 0
    assert report["orders"] == {"delivered": ORDERS, "in_flight": 0}
    assert report["counts"] == {"findings": 0, "violations": 0, "misfits": 0}


def test_a_changed_log_is_wrong_and_the_record_is_named(exported: Path, tmp_path: Path) -> None:
    changed = copied(exported, tmp_path, '\\"line\\":1', '\\"line\\":2')
    status, words = audited(changed)
    assert status == 1
    assert "delivery.events/" in words
    assert "CHAIN" in words


def test_what_cannot_be_read_has_a_status_of_its_own(exported: Path, tmp_path: Path) -> None:
    assert audited(tmp_path)[0] == 2
    assert "unread" in json.loads(audited(tmp_path, "--json")[1])


def test_a_line_that_is_no_record_is_named(exported: Path, tmp_path: Path) -> None:
    copied(exported, tmp_path, '"topic"', '"tropic"')
    status, words = audited(tmp_path)
    assert (status, "ENVELOPE" in words) == (1, True)
