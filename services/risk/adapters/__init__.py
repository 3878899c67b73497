"""The outside of risk: who makes codes, and who sends them."""
