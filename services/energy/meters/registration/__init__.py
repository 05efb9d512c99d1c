"""A meter's beginning and end: registration and retirement."""
