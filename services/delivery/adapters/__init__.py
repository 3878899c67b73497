"""The outside, as delivery calls it: suppliers of top-ups, one file for each."""
