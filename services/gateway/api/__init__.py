"""The door's HTTP side: one file an area, each ending in its ROUTES."""
