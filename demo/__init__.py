"""The demonstration: a synthetic province that behaves like a real one, through the public endpoints only."""
