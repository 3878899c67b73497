"""What is measured as it happens: histograms and counters, observed once a turn or a request."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

SECONDS: Final = (
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
)  # fmt: skip
RECORDS: Final = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000)

TURN: Final = Histogram(
    "kameng_turn_duration_seconds", "A turn, from what arrived to what is committed.",
    ["service"], buckets=SECONDS,
)  # fmt: skip
BATCH: Final = Histogram(
    "kameng_turn_records", "Records that came in with a turn.", ["service"], buckets=RECORDS
)
PUBLISH: Final = Histogram(
    "kameng_publish_duration_seconds", "From the commit to the last acknowledgement.",
    ["service"], buckets=SECONDS,
)  # fmt: skip
TAKE_OVER: Final = Histogram(
    "kameng_takeover_duration_seconds", "From being given shards to their first turn.",
    ["service"], buckets=SECONDS,
)  # fmt: skip
TRACED: Final = Counter("kameng_spans", "Steps of sampled traces.", ["service"])
READY: Final = Gauge("kameng_ready", "1 while a role of this process is ready.", ["role"])

REQUESTS: Final = Counter(
    "kameng_http_requests", "Requests answered at the door.", ["method", "route", "status"]
)
ANSWER: Final = Histogram(
    "kameng_http_request_duration_seconds", "From a request to the head of its answer.",
    ["route"], buckets=SECONDS,
)  # fmt: skip
ACCEPTED: Final = Counter("kameng_orders_accepted", "Orders accepted for the first time.")
DELIVERED: Final = Counter(
    "kameng_orders_delivered", "Orders delivered; whether one of our people looked at them.",
    ["looked_at"],
)  # fmt: skip
