"""What of the gateway can be set."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Limits of one process of the door; paces are (at once, a second in the long run)."""

    connections_max: int = 12
    """To PostgreSQL, besides the one that listens."""
    order_age_ms_max: int = 10_000
    """The oldest unprocessed order may be this old; then a shard's new ones are turned away."""
    order_took_ms_max: int = 4_000
    """So may those that were just delivered have taken: by then the jam behind them is longer."""
    orders_burst: int = 5_000
    orders_per_s: int = 2_000
    requests_burst: int = 10_000
    requests_per_s: int = 4_000
    strangers_burst: int = 30
    strangers_per_s: int = 1
    phones_burst: int = 3
    phones_per_minute: int = 1
    reveals_burst: int = 200
    reveals_per_s: int = 20
    webhooks_burst: int = 60
    """Changes, challenges and replays that an account asks for."""
    webhooks_per_minute: int = 60
    voices_burst: int = 30
    """Words and wishes that one of our people has to read: threads, custom requests."""
    voices_per_minute: int = 10
    key_requests_burst: int = 10_000
    key_requests_per_s: int = 4_000
    """By API key, so that one key of an account leaves the others theirs."""
    streams_max: int = 100
    """Streams of one account at once."""
    http_connections_max: int = 10_000
    backlog_max: int = 2_048
    forwarded_hops: int = 0
    """Proxies of our own, whose entries in X-Forwarded-For are believed; 0: none is."""
    trace_one_in: int = 100
    """Of so many orders one is traced through all services."""
