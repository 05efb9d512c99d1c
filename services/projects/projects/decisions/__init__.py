"""Decisions on a project: the commands on its content, and `decide` for every command on its stream."""
