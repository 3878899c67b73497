"""The demo's day of trouble: each ends as it says, the record is whole (C6, C7, C8, D3, F2)."""

import asyncio

import pytest

from deploy.load.auditing import audit
from deploy.load.running import own_system
from deploy.load.trouble import Day

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]


def test_every_trouble_of_the_day_ends_well_and_the_books_hold() -> None:
    with own_system("trouble", "deploy.load.sample") as running:
        told = list(Day(running.description).troubles())
        assert len(set(told)) == len(told) > 0
        audited = asyncio.run(audit(running))
    assert audited.passed, audited.report
