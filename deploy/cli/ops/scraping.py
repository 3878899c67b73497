"""Each process's own port: its metrics, its health; what several of them say together."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

ANSWER_S_MAX: Final = 3.0
AT_ONCE_MAX: Final = 8
SECONDS_MIN: Final = 0.001


@dataclass
class Scrape:
    """One process, at one moment."""

    name: str
    service: str
    taken_s: float
    """Of a monotonic clock."""
    state: str = "no answer"
    """What /readyz says: `ready`, `worker: starting`, `worker: halted: why`."""
    samples: list[tuple[str, dict[str, str], float]] = field(default_factory=list)

    def values(self, name: str) -> Iterator[tuple[dict[str, str], float]]:
        """The samples of this name."""
        return ((labels, value) for found, labels, value in self.samples if found == name)

    def total(self, name: str) -> float:
        """Their sum."""
        return sum(value for _, value in self.values(name))

    def most(self, name: str) -> float:
        """The largest of them; 0 without any."""
        return max((value for _, value in self.values(name)), default=0.0)


def scrape(run: Mapping[str, Any]) -> list[Scrape]:
    """All processes of the run; one that does not answer says so in its state."""
    with httpx.Client(timeout=ANSWER_S_MAX) as client, ThreadPoolExecutor(AT_ONCE_MAX) as pool:
        return list(pool.map(lambda process: _one(client, process), run["processes"]))


def _one(client: httpx.Client, process: Mapping[str, Any]) -> Scrape:
    found = Scrape(process["name"], process["service"], time.monotonic())
    try:
        text = client.get(f"{process['metrics']}/metrics").text
        found.taken_s = time.monotonic()
        found.state = str(client.get(f"{process['metrics']}/readyz").json()["status"])
    except (httpx.HTTPError, ValueError, KeyError):
        return found
    found.samples = [
        (sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
    return found


@dataclass
class Owner:
    """A shard in the hands of a process."""

    service: str
    shard: int
    process: str
    since_s: float
    """Unix seconds."""
    halted: bool


def owners(scrapes: list[Scrape]) -> list[Owner]:
    """Who has what; a shard that two claim appears twice (one of them is a zombie)."""
    found: list[Owner] = []
    for each in scrapes:
        halted = {labels["shard"] for labels, on in each.values("kameng_shard_halted") if on}
        for labels, since_s in each.values("kameng_shard_owned_since_timestamp_seconds"):
            shard = labels["shard"]
            owner = Owner(labels["service"], int(shard), each.name, since_s, shard in halted)
            found.append(owner)
    return sorted(found, key=lambda owner: (owner.service, owner.shard, owner.since_s))


def rates(before: list[Scrape], after: list[Scrape]) -> list[dict[str, Any]]:
    """A row a service: what happened between two looks, and how it stands at the second."""
    rows: dict[str, dict[str, Any]] = {}
    for each in after:
        row = rows.setdefault(each.service, _row(each.service))
        row["processes"] += 1
        row["states"] += [] if each.state == "ready" else [f"{each.name}: {each.state}"]
        row["lag"] += int(each.total("kameng_lag_records") + each.total("kameng_views_lag_records"))
        age_s = each.most("kameng_oldest_unprocessed_age_seconds")
        row["age_s"] = max(row["age_s"], age_s)
        row["parked"] += int(each.total("kameng_parked_records"))
        row["halted"] += int(each.total("kameng_shard_halted"))
    for column, name in RATES.items():
        old, new = _counters(before, name), _counters(after, name)
        for key in old.keys() & new.keys():
            (value, at_s), (value_before, before_s) = new[key], old[key]
            grown = max(0.0, value - value_before)
            rows[key[0]][column] += grown / max(at_s - before_s, SECONDS_MIN)
    return list(rows.values())


def _counters(scrapes: list[Scrape], name: str) -> dict[tuple[str, ...], tuple[float, float]]:
    """By what is counted: a shard's counters go with it to another process, others do not."""
    found: dict[tuple[str, ...], tuple[float, float]] = {}
    for each in scrapes:
        for labels, value in each.values(name):
            place = "" if "shard" in labels else each.name
            key = (each.service, place, *sorted(labels.values()))
            found[key] = max(found.get(key, (0.0, 0.0)), (value, each.taken_s))
    return found


RATES: Final = {
    "read_per_s": "kameng_records_total",
    "written_per_s": "kameng_position_total",
    "turns_per_s": "kameng_turns_total",
    "cpus": "process_cpu_seconds_total",
}
"""Column → the counter that it is the rate of."""


def _row(service: str) -> dict[str, Any]:
    start: dict[str, Any] = dict.fromkeys(RATES, 0.0)
    return {
        "service": service, "processes": 0, **start, "lag": 0, "age_s": 0.0, "parked": 0,
        "halted": 0, "states": [],
    }  # fmt: skip
