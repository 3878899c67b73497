"""Codes for orders: made here, outside every decision, and sealed before anybody sees them."""

from typing import Final

from services.risk.domain import CodeMade
from shared.kernel.decider import Effect
from shared.security.box import Box
from shared.security.sms_text import open_number, seal_text
from shared.security.step_up import code_mac, fresh_code
from shared.shards.ports import Clock

TEXT: Final = (
    "【卡盟】验证码 {code}，用于确认金额 {amount} 的订单，{minutes} 分钟内有效。切勿告诉他人。"
)
MINUTE_MS: Final = 60_000
SIGNS: Final = {"CNY": "¥"}


class CodeMaker:
    """Performs the effect that makes a code. Made twice, the first that is heard of counts."""

    def __init__(self, key: bytes, box: Box, clock: Clock, code_ms: int) -> None:
        self._key, self._box, self._clock, self._code_ms = key, box, clock, code_ms

    async def __call__(self, effect: Effect) -> CodeMade:
        """A fresh code, as its HMAC and as a sealed message."""
        order_id, amount, currency, contact = effect.payload
        code = fresh_code()
        text = TEXT.format(
            code=code, amount=said(amount, currency), minutes=self._code_ms // MINUTE_MS
        )
        return CodeMade(
            order_id,
            effect.id,
            code_mac(self._key, order_id, amount, currency, code),
            seal_text(self._box, open_number(self._box, contact), text),
            self._clock.now_ms() + self._code_ms,
        )


def said(amount: int, currency: str) -> str:
    """An amount in minor units, as people read it."""
    whole, rest = divmod(amount, 100)
    return f"{SIGNS.get(currency, currency + ' ')}{whole}.{rest:02}"
