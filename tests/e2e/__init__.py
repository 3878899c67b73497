"""The whole system over HTTP."""
