"""Quarantine (隔离数据, X-10): readings that could not be accepted, and what a person decides about them.

The readings themselves stand in the readings' store; the stream of an enterprise says who decided what, and why.
"""
