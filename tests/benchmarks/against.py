"""The wallet walk of this tree against that of an earlier commit, on the same machine by turns."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Final

from deploy.local.folder import CHECKOUT, of_checkout
from deploy.local.refusal import Refusal

WALK_S: Final = 10
RUN_S_MAX: Final = 300.0
CODE: Final = ("services", "shared")
"""A commit that changes nothing in these makes no order dearer."""

WALK: Final = """
import json, logging, uvloop
from deploy.load.running import own_system
from tests.benchmarks.walks import with_walks

logging.getLogger("aiokafka").setLevel(logging.CRITICAL)

async def walk(walks):
    await walks.stock(1500 * {seconds})
    walked = await walks.bulk({seconds})
    print(json.dumps([walked.per_s, sum(walked.cpu_us.values())]))

with own_system("against") as running:
    uvloop.run(with_walks(running, walk))
"""
"""Run in either tree, so it uses only what both have."""


@dataclass(frozen=True)
class Against:
    """Means of the turns."""

    base: str
    per_s: tuple[float, float]
    """Completed orders a second: before, now."""
    cpu_us: tuple[float, float]
    """Of all processes, an order: before, now."""

    def __str__(self) -> str:
        (then, now), (then_us, now_us) = self.per_s, self.cpu_us
        return (
            f"against {self.base}: {now / then:.2f} times as many orders/s ({then:,.0f} → "
            f"{now:,.0f}), {now_us / then_us:.2f} times the CPU an order ({then_us:,.0f} → "
            f"{now_us:,.0f} µs)"
        )


def against(base: str = "") -> Against:
    """Before, now, now, before. Raises Refusal where the earlier commit cannot be measured.

    Without a ``base``: the commit before the last that touches what an order goes through.
    """
    base = base or _previous()
    with _worktree(base) as before:
        runs = [_walk(tree) for tree in (before, CHECKOUT, CHECKOUT, before)]
    then, now = (runs[0], runs[3]), (runs[1], runs[2])
    return Against(
        base,
        (mean(run[0] for run in then), mean(run[0] for run in now)),
        (mean(run[1] for run in then), mean(run[1] for run in now)),
    )


def _previous() -> str:
    return _git("log", "-1", "--skip=1", "--format=%h", "--", *CODE)


@contextmanager
def _worktree(commit: str) -> Iterator[Path]:
    """That commit's tree, with what this one has downloaded."""
    own = of_checkout()
    tree = own.root / "base"
    shutil.rmtree(tree, ignore_errors=True)  # of a comparison that was killed
    _git("worktree", "prune")
    _git("worktree", "add", "--force", "--detach", str(tree), commit)
    try:
        (tree / ".local").mkdir()
        (tree / ".local" / own.cache.name).symlink_to(own.cache)
        yield tree
    finally:
        _git("worktree", "remove", "--force", str(tree))


def _walk(tree: Path) -> tuple[float, float]:
    """Completed orders a second and CPU an order, of that tree's code."""
    program = WALK.format(seconds=WALK_S)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tree, capture_output=True, text=True,
        timeout=RUN_S_MAX, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Refusal(f"{tree} cannot be measured: {done.stderr[-400:]}")
    per_s, cpu_us = json.loads(done.stdout.splitlines()[-1])
    return per_s, cpu_us


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(CHECKOUT), *words],  # noqa: S607 - whichever git made the checkout
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refusal(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()
