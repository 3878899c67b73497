"""The outside, as payments calls it and hears from it: payment channels, one file for each."""
