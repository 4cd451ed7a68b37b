"""What was observed, before any model: the flow, means, changes, balance, who is missing."""
