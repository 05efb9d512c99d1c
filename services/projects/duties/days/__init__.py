"""Days of a duty that the plan leaves open (定期, 每年): an operator sets each of them, with the reason."""
