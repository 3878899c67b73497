"""The outside, as the gateway calls it: the SMS sender, and delivery's internal door."""
