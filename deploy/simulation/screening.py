"""What risk asks in a simulated world, and who makes and sends its codes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from services.risk.domain import CodeMade, CodeSent, Limits
from services.risk.process import CODE, SMS
from services.risk.scoring import read
from shared.contracts.risk import HoldExpired, HoldRefused, OrderCleared
from shared.contracts.verification import (
    VerificationExpired,
    VerificationFailed,
    VerificationPassed,
)
from shared.kernel.decider import Effect
from shared.shards.service import Performer
from shared.testing.simulator.buyers import WRONG
from shared.testing.simulator.watch import Broken
from shared.testing.simulator.world import World

RULES: Final = read(Path(__file__).with_name("rules.json").read_bytes())
"""Tight, so that a run of a few orders breaks every one of them now and then."""
LIMITS: Final = Limits(
    subjects_ms=15_000, verification_ms=40_000, code_ms=25_000, resend_ms=8_000, hold_ms=45_000
)


class Screening:
    """Makes codes and sends them; sees that nobody goes on who must not."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.checks.append(self.check)

    @property
    def performers(self) -> Mapping[str, Performer]:
        """Of risk's effects."""
        return {CODE: self.make, SMS: self.send}

    async def make(self, effect: Effect) -> CodeMade:
        """Another one each time; the first that is heard of counts."""
        await self.world.call(effect, lambda: None)
        code = f"code {effect.id} {self.world.performed[effect.id]}"
        expires_ms = self.world.now_ms() + LIMITS.code_ms
        return CodeMade(effect.payload[0], effect.id, code, code, expires_ms)

    async def send(self, effect: Effect) -> CodeSent:
        """On the buyer's phone, perhaps twice."""
        order_id, code = effect.payload
        arrived = self.world.texts.setdefault(order_id, [])
        await self.world.call(effect, lambda: arrived.append(code))
        return CodeSent(order_id, effect.id)

    def check(self) -> None:
        """Whom nobody released, and who never typed the code, has not been cleared."""
        watch = self.world.watch
        cleared = {fact.order_id for fact in watch.said(OrderCleared)}
        for kind in (HoldExpired, HoldRefused, VerificationExpired, VerificationFailed):
            for fact in watch.facts.get(kind, []):
                if fact.subject in cleared:
                    raise Broken(f"{kind.__name__}, and cleared all the same", fact.subject)
        for passed in watch.said(VerificationPassed):
            if passed.attempt_id.startswith(WRONG):
                raise Broken("passed with a code that was never sent", passed.order_id)
