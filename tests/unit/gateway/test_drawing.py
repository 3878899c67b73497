"""The state machine in docs/webhooks.md is the one that runs (F4)."""

from pathlib import Path
from typing import Any, Final

from services.gateway import domain
from services.gateway.domain import WebhookAnswered
from services.gateway.domain import webhook_sending as sending
from services.gateway.domain.states import Endpoint
from services.gateway.domain.webhook_limits import FAILING_MS_MAX, PAUSES_MS
from services.gateway.domain.webhooks import of
from shared.contracts.webhooks import JudgeWebhook, VerifyWebhook, WebhookVerificationFailed
from shared.kernel.decider import Elapsed
from shared.testing.drawing import NOTHING, Arrows, drawn
from shared.testing.scenario import World
from tests.unit.gateway.webhook_words import ABOUT, NOW_MS, SET, VERIFIED, WAS_SET, Walk, paid

DRAWN: Final = Path("docs/webhooks.md")
KEY: Final = of("e-1")
BAR: Final = JudgeWebhook(**ABOUT, request_id="r-b", barred=True, reason="abuse", by="li")
AGAIN: Final = SET.model_copy(update={"request_id": "r-again"})
LATE_MS: Final = NOW_MS + FAILING_MS_MAX


def stage(state: Any) -> str:
    """An endpoint as the drawing calls it."""
    if not isinstance(state, Endpoint):
        return NOTHING
    if state.verifying:
        return "Challenged"
    if not state.enabled:
        return "Disabled"
    if not state.verified:
        return "Unverified"
    if state.current is None:
        return "Idle"
    return "Sending" if state.retry_ms is None else "Pausing"


def histories() -> list[World]:
    """Worlds in which the endpoint stands in each of its stages."""
    failed = WebhookVerificationFailed(**ABOUT, code="NO_PROOF", status=200)
    worlds = [World(domain), World(domain).fold(WAS_SET), World(domain).fold(WAS_SET, failed)]
    for steps in ([], ["m"], ["m", "m"], ["m", "f"], ["m", "m", "f"], ["b"], ["m", "b"]):
        walk = Walk(WAS_SET, VERIFIED)
        for number, step in enumerate(steps):
            if step == "m":
                walk.do(paid(f"o-{number}"))
            elif step == "f":
                walk.fail()
            else:
                walk.do(BAR)
                walk.do(BAR.model_copy(update={"request_id": "r-a", "barred": False}))
        worlds.append(walk.world)
    for waiting in (1, 2):
        last = Walk(WAS_SET, VERIFIED)
        for number in range(waiting):
            last.do(paid(f"o-{number}"))
        for _ in PAUSES_MS:
            last.fail()
            last.wait()
        worlds.append(last.world)
    return worlds


def commands(world: World) -> list[Any]:
    """What may happen to the endpoint as it stands."""
    state = world.states.get(KEY)
    found: list[Any] = [paid("o-9")]
    calls = []
    if isinstance(state, Endpoint):
        calls = [sending.ping_id("e-1", state), sending.call_id("e-1", state)]
        found += [BAR]
    if stage(state) == "Unverified":
        found.append(VerifyWebhook(**ABOUT, request_id="r-v"))
    if stage(state) in {NOTHING, "Disabled"}:
        found.append(AGAIN)
    for call in calls:
        for code, status in (("OK", 200), ("REFUSED", 500), ("REFUSED", 410)):
            found.append(WebhookAnswered("acc-1", "e-1", call, code, status, 1, NOW_MS))
    return [*found, Elapsed(KEY, LATE_MS)]


def test_an_endpoint_runs_as_it_is_drawn() -> None:
    (wanted,) = drawn(DRAWN)
    found: Arrows = {}
    for world in histories():
        for command in commands(world):
            before = stage(world.states.get(KEY))
            after = World(domain)
            after.states = dict(world.states)
            facts = after.decide(command)
            after.fold(*facts)
            if facts:
                way = (before, stage(after.states.get(KEY)))
                told = frozenset(type(fact).__name__ for fact in facts)
                found[way] = found.get(way, frozenset()) | told
    barred = {way for way in found if way[1] == "Disabled"} - set(wanted)
    assert {way: facts for way, facts in found.items() if way not in barred} == wanted
    assert barred <= {("Challenged", "Disabled"), ("Unverified", "Disabled")} | {
        ("Disabled", "Disabled")
    }
