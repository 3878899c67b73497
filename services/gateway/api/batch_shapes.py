"""The shapes of answers about batches."""

from .shapes import Money, Shape


class BatchStanding(Shape):
    """How far a batch has come."""

    batch_id: str
    batch_key: str
    state: str
    """`running`; `waiting` for a person; `done`."""
    lines: int
    counts: dict[str, int]
    """Lines by state: `queued` 排队中, `received`, … as orders; `refused` holds bad lines too."""
    created_at: str


class BatchLineResult(Shape):
    """What became of one line."""

    line: int
    reference: str
    sku: str
    quantity: int
    unit_price: Money
    state: str
    label: str
    order_id: str | None = None
    code: str | None = None
    detail: str | None = None


class BatchLines(Shape):
    """A page of lines, in the file's order."""

    items: list[BatchLineResult]
    next_cursor: str | None


class Batches(Shape):
    """A page of batches, the newest first."""

    items: list[BatchStanding]
    next_cursor: str | None
