"""What a fault made buyers wait, computed from when orders were delivered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .following import Delivery


@dataclass(frozen=True)
class Felt:
    """Seconds; of one fault."""

    pause_s: float
    """The longest time without any delivery."""
    shard_pause_s: float
    """The longest time without a delivery in some one shard of the orders."""
    slowest_s: float
    """From appended to delivered, of the order that waited longest."""
    calm_s: float
    """From the end of the fault until no order waited for longer than usual."""
    take_over_s: float | None = None
    """Until a worker had taken over what another had; None where nothing was to be."""

    def __str__(self) -> str:
        taken = "" if self.take_over_s is None else f"taken over {self.take_over_s:.1f}, "
        return (
            f"{taken}no delivery {self.pause_s:.1f}, in one shard {self.shard_pause_s:.1f}, "
            f"slowest order {self.slowest_s:.1f}, calm again {self.calm_s:.1f} s"
        )


def felt(
    deliveries: Sequence[Delivery], began_s: float, ended_s: float,
    *, calm_s: float, take_over_s: float | None,
) -> Felt:  # fmt: skip
    """What was felt between two moments."""
    within = [each for each in deliveries if began_s < each.at_s < ended_s]
    by_shard: dict[int, list[float]] = defaultdict(list)
    for each in within:
        by_shard[each.shard].append(each.at_s)
    everywhere = longest_s((each.at_s for each in within), began_s, ended_s)
    return Felt(
        everywhere,
        max((longest_s(some, began_s, ended_s) for some in by_shard.values()), default=everywhere),
        max((each.waited_s for each in within), default=0.0),
        calm_s,
        take_over_s,
    )


def longest_s(moments_s: Iterable[float], began_s: float, ended_s: float) -> float:
    """The longest time between two of these moments, from the beginning to the end."""
    return max(later - earlier for earlier, later in pairwise([began_s, *moments_s, ended_s]))
