"""The files around the code: reasons in pyproject.toml, hashes in the lock, help in Makefile."""

import re
from collections.abc import Iterator

from tests.tidy.source import Source

IGNORED_CODE = re.compile(r'^\s*"[A-Z]+\d*",')
WARNING_FILTER = re.compile(r'^\s*"ignore')
WITH_REASON = re.compile(r",\s+# \S+ \S+")
PINNED = re.compile(r"[\w.\[\]-]+==[\w.+!-]+( ; [^\\]+)?( \\)?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
TARGET = re.compile(r"^([a-z][\w-]*):(?!=)")


def bare_settings(source: Source) -> Iterator[str]:
    """Lint codes and warnings ignored in pyproject.toml without a reason beside them."""
    section = ""
    for number, line in enumerate(source.lines, start=1):
        if line.startswith("["):
            section = line.strip("[]")
            if section == "tool.mypy.overrides" and not source.lines[number].startswith("# "):
                yield source.at(number, "an override opens with its reason")
        ignores = (section.startswith("tool.ruff.lint") and IGNORED_CODE.match(line)) or (
            section.startswith("tool.pytest") and WARNING_FILTER.match(line)
        )
        if ignores and line.count('",') == 1 and not WITH_REASON.search(line):
            yield source.at(number, "an ignore carries its reason")


def loose_locks(source: Source) -> Iterator[str]:
    """Entries of the lock that are not pinned to one version and at least one hash, or a host."""
    hashes = 1
    for number, line in enumerate(source.lines, start=1):
        if "//" in line:
            yield source.at(number, "names a host")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if HASH.fullmatch(line):
            hashes += 1
        elif PINNED.fullmatch(line):
            if not hashes:
                yield source.at(number - 1, "has no hash")
            hashes = 0
        else:
            yield source.at(number, "is neither a pinned version nor a hash")
    if not hashes:
        yield source.at(len(source.lines), "has no hash")


def silent_targets(source: Source) -> Iterator[str]:
    """Targets of the Makefile that `make help` cannot explain."""
    for number, line in enumerate(source.lines, start=1):
        if (found := TARGET.match(line)) and not re.search(r" ## \S+", line):
            yield source.at(number, f"{found[1]} has no ## comment")
