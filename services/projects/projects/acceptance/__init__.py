"""Acceptance (验收) of the built projects of a register: how it stands, and reminders where it is due (TR-14)."""
