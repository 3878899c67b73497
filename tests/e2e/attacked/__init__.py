"""The door under attack."""
