"""Prints the figures of the house after its rules were checked."""

from statistics import median

import pytest

from tests.tidy.size import length
from tests.tidy.source import CODE, functions, python


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long functions and files are, so that drift is seen before a limit is met."""
    sources = python(*CODE)
    lengths = [length(function) for source in sources for function in functions(source.tree)]
    largest = max(sources, key=lambda source: len(source.lines))
    terminalreporter.write_line(
        f"the house: {len(sources)} files, {sum(len(s.lines) for s in sources)} lines; "
        f"{len(lengths)} functions, median {median(lengths):g} lines, longest {max(lengths)}; "
        f"longest file {largest.path} with {len(largest.lines)} lines"
    )
