"""Decisions on a plan: the request, and what loading it comes to."""
