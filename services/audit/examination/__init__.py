"""One examination of the log, and what comes of it. Pure."""

from .examining import Examination, Explained
from .findings import Findings, Pace

__all__ = ["Examination", "Explained", "Findings", "Pace"]
