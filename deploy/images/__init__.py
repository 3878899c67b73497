"""Images and what a system of containers needs before its services come."""
