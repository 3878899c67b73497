"""Tests that have the whole system to themselves: afterwards it is not as it was."""
