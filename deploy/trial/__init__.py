"""Another set of risk's rules, tried on the log as it stands: which verdicts would change."""
