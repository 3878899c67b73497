"""Whatever is done to an exported log, audit and verifier name the record (G6, G7)."""

import ast
import sys
from pathlib import Path

import pytest

from deploy.verifier.tampering import DEEDS, Copy, tampered
from shared.replay.files import PUBLIC_KEY
from tests.unit.from_the_log.exported import VERIFIER, export, judged, verified

LINES_MAX = 200
FORGED = "one record forged, its chain made anew"
FLAWS = {
    "one byte flipped": ("CHAIN", "CHAIN"),
    "one record dropped": ("GAP", "GAP"),
    "two records swapped": ("ORDER", "ORDER"),
    "one byte flipped in a client's command": ("CAUSE", "CAUSE"),
    FORGED: ("HEAD", "HEAD"),
}
"""By deed: what the audit calls it, and what the verifier does."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    export(folder)
    return folder


def test_a_log_as_it_was_written_is_whole(whole: Path) -> None:
    assert judged(whole).passed
    status, lines = verified(whole)
    assert (status, len(lines)) == (0, 1)
    assert lines[0].endswith(" 0 flaws")


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_is_found_and_named_by_the_audit(whole: Path, tmp_path: Path, name: str) -> None:
    place = tampered(whole, tmp_path, DEEDS[name])
    found = [f for f in judged(tmp_path).findings if f.flaw == FLAWS[name][0]]
    assert any(str(f.where) == place or place in f.detail for f in found), found


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_is_found_and_named_by_a_stranger(whole: Path, tmp_path: Path, name: str) -> None:
    place = tampered(whole, tmp_path, DEEDS[name])
    status, lines = verified(tmp_path)
    assert status == 1
    assert any(place in line and f" {FLAWS[name][1]} " in line for line in lines), lines


def test_a_forged_history_contradicts_nothing_but_its_signed_head(
    whole: Path, tmp_path: Path
) -> None:
    tampered(whole, tmp_path, DEEDS[FORGED])
    assert {str(found.flaw) for found in judged(tmp_path).findings} == {"HEAD"}
    _, lines = verified(tmp_path)
    assert [line.split()[1] for line in lines[:-1]] == ["HEAD"]


def test_a_log_that_is_cut_off_after_it_was_signed_is_found(whole: Path, tmp_path: Path) -> None:
    def cut(copy: Copy) -> str:
        lane = copy.longest("inventory.answers")
        del lane[1:]
        return "inventory.answers"

    tampered(whole, tmp_path, cut)
    assert not judged(tmp_path).passed
    assert verified(tmp_path)[0] == 1


def test_a_line_that_is_no_record_is_named(whole: Path, tmp_path: Path) -> None:
    tampered(whole, tmp_path, lambda _: "")
    file = next(tmp_path.glob("payments.events.*"))
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], lines[1][:-5] + b"\n", *lines[2:]]))
    place = "payments.events/{}/1".format(file.name.split(".")[2])
    assert place in {str(found.where) for found in judged(tmp_path).findings}
    status, said = verified(tmp_path)
    assert status == 1
    assert any(line.startswith(f"{place} ENVELOPE") for line in said)


def test_who_was_handed_another_key_is_told_so(whole: Path) -> None:
    status, lines = verified(whole, "42" * 32)
    assert status in (1, 2)
    assert any("HEAD" in line for line in lines)


def test_a_folder_without_a_log_is_no_whole_log(tmp_path: Path) -> None:
    (tmp_path / PUBLIC_KEY).write_text("00" * 32)
    assert verified(tmp_path)[0] == 2


def test_the_verifier_is_one_short_file_of_the_standard_library_alone() -> None:
    text = VERIFIER.read_text()
    assert len(text.splitlines()) < LINES_MAX
    tree = ast.parse(text)
    named = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    named |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert {str(name).partition(".")[0] for name in named} <= sys.stdlib_module_names
