"""Decisions on problems: the commands, and what becomes of each."""
