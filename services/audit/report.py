"""What an examination has found, as plain data: for `--json`, for the page in the terminal."""

from typing import Any, Final

from shared.replay.finding import Finding

from .domain import Violation
from .examination import Examination

LISTED_MAX: Final = 10_000
"""Entries of each list in a report; the counts beside them are whole."""


def report(examined: Examination, *, seconds: float, patience_ms: int) -> dict[str, Any]:
    """Everything an auditor wants to see at once; money in minor units."""
    records = examined.chains.tally["records"]
    unexplained = examined.unexplained
    return {
        "passed": examined.passed,
        "seconds": round(seconds, 3),
        "records": {
            "read": records,
            "per_second": round(records / seconds) if seconds else 0,
            "by_the_door": examined.chains.tally["door"],
            "repeated": examined.chains.tally["repeated"],
            "unreadable": examined.chains.tally["unreadable"],
            "unverified": examined.chains.tally["unverified"],
            "outrun": examined.chains.tally["outrun"],
        },
        "sources": _sources(examined),
        "orders": {
            **dict(sorted(examined.books.stages().items())),
            "in_flight": examined.books.in_flight(patience_ms),
        },
        "money": _money(examined),
        "cards": _cards(examined),
        "signed_heads": examined.heads.signed,
        "engine": {
            **dict(sorted(examined.incidents.counts.items())),
            "parked_now": len(examined.incidents.parked),
        },
        "counts": {
            "findings": len(unexplained),
            "violations": len(examined.violations),
            "misfits": len(examined.misfits),
        },
        "findings": [_finding(found) for found in unexplained[:LISTED_MAX]],
        "violations": [_violation(found) for found in examined.violations[:LISTED_MAX]],
        "misfits": examined.misfits[:LISTED_MAX],
        "explained": [
            {**_finding(each.finding), "by": each.by} for each in examined.explained[:LISTED_MAX]
        ],
    }


def _sources(examined: Examination) -> dict[str, dict[str, Any]]:
    """Each source's head: its last position, the chain there, and its time."""
    heads = sorted(examined.chains.sources.values(), key=lambda source: source.name)
    return {
        source.name: {
            "position": source.head,
            "chain": source.chain.hex() if source.chain else "",
            "time": source.time.decode(errors="replace"),
        }
        for source in heads
    }


def _money(examined: Examination) -> dict[str, int]:
    money = examined.books.money
    return {
        "accounts": len(money.wallets),
        "wallets": sum(money.wallets.values()),
        **dict(sorted(money.others.items())),
        "sum": money.sum,
    }


def _cards(examined: Examination) -> dict[str, int]:
    stocks = examined.books.cards.stocks.values()
    names = ("received", "available", "reserved", "sold", "withdrawn")
    totals = {name: sum(getattr(stock, name) for stock in stocks) for name in names}
    return {"skus": len(stocks), **totals, "delivered": len(examined.books.deals.gone)}


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "flaw": str(found.flaw),
        "where": str(found.where) if found.where else None,
        "source": found.source,
        "position": found.position,
        "detail": found.detail,
    }


def _violation(found: Violation) -> dict[str, Any]:
    return {**found._asdict(), "law": str(found.law)}
