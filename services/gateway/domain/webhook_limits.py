"""How much of webhooks, and how long."""

from typing import Final

SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60 * SECOND_MS
HOUR_MS: Final = 60 * MINUTE_MS

ENDPOINTS_MAX: Final = 5
"""Of one account."""
WAITING_MAX: Final = 20_000
"""Messages behind the one that is sent; the endpoint that lets more gather is disabled."""
PAUSES_MS: Final = (
    5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS,
    14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS,
)  # fmt: skip
"""After each try that failed; a message has one try more than there are pauses."""
FAILING_MS_MAX: Final = 120 * HOUR_MS
"""An endpoint at which nothing has arrived for so long is disabled."""
OLD_SECRET_MS: Final = 24 * HOUR_MS
"""A secret signs for so long after it was replaced."""
