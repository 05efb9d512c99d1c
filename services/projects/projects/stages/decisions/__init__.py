"""Decisions on a project's steps: the commands, which step may follow which, reports and corrections."""
