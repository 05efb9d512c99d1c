"""Domain states and table rows as answers, one module per slice."""
