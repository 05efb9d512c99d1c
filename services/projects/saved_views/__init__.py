"""Saved views (常用视图) of lists: each caller's own, at most 100 of them, and those that others share with him.

A view holds filters and no rows: whoever uses a shared view queries the list in their own scope. Views are no facts:
they stand in a table beside the log.
"""
