"""A service's tables in memory."""

from collections.abc import Iterable, Mapping, Sequence

from shared.shards.ports import Row, Write


class MemoryDatabase:
    """A service's tables, and copies of them to go back to."""

    def __init__(self) -> None:
        self.turns: dict[int, int] = {}
        self.rows: dict[int, Row] = {}
        self.states: dict[int, dict[str, bytes]] = {}
        self.dues: dict[tuple[int, str], int] = {}
        self.effects: dict[tuple[int, str], None] = {}

    def copy(self) -> "MemoryDatabase":
        """A backup."""
        backup = MemoryDatabase()
        backup.restore(self)
        return backup

    def restore(self, backup: "MemoryDatabase") -> None:
        """Go back to a backup; an empty one is a lost database."""
        self.turns, self.rows = dict(backup.turns), dict(backup.rows)
        self.states = {shard: dict(states) for shard, states in backup.states.items()}
        self.dues, self.effects = dict(backup.dues), dict(backup.effects)


class MemoryStore:
    """Reads and writes a database."""

    def __init__(self, database: MemoryDatabase) -> None:
        self.database = database

    async def rows(self, shards: Iterable[int]) -> dict[int, Row]:
        """As Store."""
        return {s: self.database.rows[s] for s in shards if s in self.database.rows}

    async def load(
        self, wanted: Mapping[int, Iterable[str]], turns: Mapping[int, int]
    ) -> dict[int, dict[str, bytes]]:
        """As Store."""
        found: dict[int, dict[str, bytes]] = {}
        for shard, keys in wanted.items():
            if self.database.turns.get(shard, 0) != turns[shard]:
                continue
            states = self.database.states.get(shard, {})
            found[shard] = {key: states[key] for key in keys if key in states}
        return found

    async def commit(self, writes: Sequence[Write]) -> frozenset[int]:
        """As Store."""
        lost = {w.shard for w in writes if self.database.turns.get(w.shard, 0) != w.turn - 1}
        for write in writes:
            if write.shard not in lost:
                self._write(write)
        return frozenset(lost)

    def _write(self, write: Write) -> None:
        database, shard = self.database, write.shard
        database.turns[shard] = write.turn
        database.rows[shard] = Row(write.ledger, write.outbox)
        states = database.states.setdefault(shard, {})
        for key, state, due_ms, effect in write.changes:
            states.pop(key, None)
            database.dues.pop((shard, key), None)
            database.effects.pop((shard, key), None)
            if state is not None:
                states[key] = state
            if due_ms is not None:
                database.dues[shard, key] = due_ms
            if effect:
                database.effects[shard, key] = None

    async def due(self, shards: Iterable[int], now_ms: int, keys_max: int) -> list[tuple[int, str]]:
        """As Store."""
        wanted = set(shards)
        late = sorted(
            (due_ms, shard, key)
            for (shard, key), due_ms in self.database.dues.items()
            if shard in wanted and due_ms <= now_ms
        )
        return [(shard, key) for _, shard, key in late[:keys_max]]

    async def effects(self, shards: Iterable[int]) -> list[tuple[int, str]]:
        """As Store."""
        wanted = set(shards)
        return [(shard, key) for shard, key in self.database.effects if shard in wanted]
