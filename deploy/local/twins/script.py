"""How a twin is told to behave for its next calls."""

from collections import deque
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

STEPS_MAX = 10_000
TIMES_MAX = 10_000
DELAY_MS_MAX = 600_000


class Step(BaseModel):
    """What happens to the next `times` calls."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Literal["answer", "refuse", "lose", "duplicate"] = "answer"
    """answer: as usual · refuse: 503, nothing done · lose: done, and never answered · duplicate:
    done twice."""
    delay_ms: int = Field(default=0, ge=0, le=DELAY_MS_MAX)
    """Wait this long before anything else."""
    times: int = Field(default=1, ge=1, le=TIMES_MAX)


class Script(BaseModel):
    """The body of POST /script: replaces what was still to come; no steps is the usual way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...] = Field(default=(), max_length=STEPS_MAX)


class Playing:
    """A script being used up."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque()

    def load(self, script: Script) -> None:
        """Forget what was to come and play this."""
        self._steps = deque(script.steps)

    def next(self) -> Step:
        """What happens to this call."""
        if not self._steps:
            return Step()
        step = self._steps.popleft()
        if step.times > 1:
            self._steps.appendleft(step.model_copy(update={"times": step.times - 1}))
        return step
