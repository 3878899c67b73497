"""The scheduled report: who was shown which card, what was verified, and whose word it is."""

from services.audit.adapters.signing import Signer, Verifier
from services.audit.domain import Seen, verdicts
from services.audit.domain.sights import LISTED_MAX, Sights
from services.audit.examination import Examination
from services.audit.page import page
from services.audit.report import report
from shared.contracts.audit import ReportSigned
from shared.contracts.delivery import CardRevealed
from shared.testing.scenario import given
from tests.unit.replay.logs import Log, Writer

from .test_heads import fact

SIGNER = Signer(bytes(range(32)))
DAY_MS = 86_400_000
PERIOD = "2026-11-26T00:00:00.000Z"
SIGNED = ReportSigned(**SIGNER.sign_report(PERIOD, "all is well").model_dump())


def shown(order: str, time_ms: int, sights: Sights) -> None:
    told = CardRevealed(
        order_id=order, account_id="acc-1", line=1, request_id="r", card_ids=("card-7",),
        revealed_ms=time_ms,
    )  # fmt: skip
    assert not list(sights.apply(told, Seen("delivery.events/1/3", "", time_ms)))


def written(sights: Sights, *, passed: bool) -> str:
    log, writer = Log(), Writer(0)
    for number in range(3):
        log.put(writer.source, writer.seal("orders.events", 0, fact(number)))
    if not passed:
        log.drop("orders.events/0/1")
    examined = Examination()
    examined.feed(log.read())
    examined.finish(now_ms=0, patience_ms=0)
    examined.violations.clear()
    found = report(examined, seconds=1.0, patience_ms=0)
    return page(found, sights.of(3), period=PERIOD, as_of_ms=4 * DAY_MS)


def test_a_report_is_on_record_once() -> None:
    again = SIGNER.sign_report(PERIOD, "another text")
    given(verdicts).when(SIGNER.sign_report(PERIOD, "all is well")).then(SIGNED)
    given(verdicts, SIGNED).when(again).then_nothing()


def test_a_report_is_audits_word_or_nobodys() -> None:
    verify = Verifier(SIGNER.public)
    assert verify.report(SIGNED)
    assert not verify.report(SIGNED.model_copy(update={"text": "all is very well"}))
    assert not verify.report(SIGNED.model_copy(update={"report_id": "2026-11-27"}))
    assert not Verifier(Signer(bytes(32)).public).report(SIGNED)


def test_it_tells_who_was_shown_which_card_in_its_period_and_no_other() -> None:
    sights = Sights()
    for day, order in ((2, "before"), (3, "within"), (4, "after")):
        shown(order, day * DAY_MS, sights)
    text = written(sights, passed=True)
    assert "account acc-1 order within line 1: card-7" in text
    assert "before" not in text
    assert "order after" not in text
    assert "结论 · verdict: 完好 · whole" in text


def test_it_names_the_record_that_is_wrong() -> None:
    text = written(Sights(), passed=False)
    assert "有误 · WRONG" in text
    assert "GAP" in text


def test_what_it_lists_is_bounded_and_the_rest_is_counted() -> None:
    sights = Sights()
    for number in range(LISTED_MAX + 5):
        shown(f"order-{number}", 3 * DAY_MS, sights)
    assert "5 more stand on delivery.events" in written(sights, passed=True)


def test_old_periods_are_forgotten() -> None:
    sights = Sights()
    for day in (9, 3, 10, 8):
        shown("order", day * DAY_MS, sights)
    assert sorted(sights.periods) == [9, 10]
