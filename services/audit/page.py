"""The scheduled report as people read it: one page of text, Chinese first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shared.contracts.envelope import rfc3339

from .domain.sights import Period, Sight

WRONG_MAX: Final = 100
"""Findings that are told one by one; `kameng audit` tells them all."""


def page(report: Mapping[str, Any], shown: Period, *, period: str, as_of_ms: int) -> str:
    """``report`` as of `report.report`; ``shown``: in the period that begins at ``period``."""
    return "\n".join(_lines(report, shown, period, as_of_ms)) + "\n"


def _lines(
    report: Mapping[str, Any], shown: Period, period: str, as_of_ms: int
) -> Iterator[str]:  # fmt: skip
    records, counts = report["records"], report["counts"]
    verdict = "完好 · whole" if report["passed"] else "有误 · WRONG"
    yield f"卡盟审计报告 · Kameng audit report · {period}"
    yield f"截至 · as of {rfc3339(as_of_ms)}"
    yield ""
    yield f"结论 · verdict: {verdict}"
    yield f"已核对记录 · records verified: {records['read']:,} of {len(report['sources'])} sources"
    yield f"订单 · orders: {_listed(report['orders'])}"
    yield f"资金（分）· money in fen, double entry: {_listed(report['money'])}"
    yield f"卡密 · cards: {_listed(report['cards'])}"
    yield f"已签名链头 · signed heads: {report['signed_heads']:,}"
    yield ""
    yield f"不符之处 · what is wrong: {_listed(counts)}"
    yield from _wrong(report)
    yield ""
    yield f"本期查看卡密 · codes shown in the period: {shown.count:,}"
    yield from map(_sight, shown.listed)
    if shown.count > len(shown.listed):
        yield f"  … {shown.count - len(shown.listed):,} more stand on delivery.events"
    yield ""
    yield "链头 · heads:"
    for name, head in report["sources"].items():
        yield f"  {name} {head['position']} {head['chain']}"


def _wrong(report: Mapping[str, Any]) -> Iterator[str]:
    findings: Sequence[Mapping[str, Any]] = report["findings"]
    violations: Sequence[Mapping[str, Any]] = report["violations"]
    for each in findings[:WRONG_MAX]:
        place = each["where"] or f"{each['source']}:{each['position']}"
        yield f"  {place} {each['flaw']}: {each['detail']}"
    for each in violations[:WRONG_MAX]:
        yield f"  {each['where']} {each['law']}: {each['detail']} {each['order_id']}".rstrip()
    for where in report["misfits"][:WRONG_MAX]:
        yield f"  {where} BODY: it does not fit its type"


def _sight(sight: Sight) -> str:
    cards = ", ".join(sight.card_ids)
    return (
        f"  {rfc3339(sight.time_ms)} {sight.where} account {sight.account_id}"
        f" order {sight.order_id} line {sight.line}: {cards}"
    )


def _listed(values: Mapping[str, int]) -> str:
    return " · ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in values.items())
