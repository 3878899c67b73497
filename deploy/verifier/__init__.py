"""A stranger's check of an exported log: one file that shares no code with the rest."""
