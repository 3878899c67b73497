"""A log as files says what the log said, to the byte (G7)."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.replay import files
from shared.replay.chain import Chains
from shared.replay.files import Stored
from tests.unit.replay.logs import whole_log

data = st.none() | st.binary(max_size=12) | st.text(max_size=12).map(str.encode)
headers = st.lists(st.tuples(st.text(max_size=5), data), max_size=3)


@given(key=data, value=data, headers=headers)
def test_any_record_is_read_back_as_it_was(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    record = Stored("orders.events", 3, 7, key, value, headers, 1_700_000_000_000)
    line = files.line_of(record)
    assert b"\n" not in line
    assert files.stored(line) == record


def test_text_stands_in_the_file_as_text() -> None:
    record = Stored("orders.events", 0, 0, b"acc", '{"name":"点卡"}'.encode(), [], 5)
    assert '"value":"{\\"name\\":\\"点卡\\"}"' in files.line_of(record).decode()


def test_a_folder_of_files_proves_as_the_log_does(tmp_path: Path) -> None:
    records = list(whole_log(300).read())
    assert files.write(tmp_path, records[:500]) == 500
    files.write(tmp_path, records[500:])
    chains = Chains()
    for batch in files.batches(tmp_path):
        chains.feed(batch)
    assert chains.finish() == []
    assert (chains.findings, chains.tally["records"]) == ([], len(records))


def test_a_line_that_is_no_record_is_damage_at_its_place(tmp_path: Path) -> None:
    files.write(tmp_path, whole_log().lanes["orders.events", 0])
    file = tmp_path / "orders.events.0.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:3], b"{}\n", *lines[4:]]))
    chains = Chains()
    for batch in files.batches(tmp_path):
        chains.feed(batch)
    assert [str(found.where) for found in chains.findings] == ["orders.events/0/3"]
