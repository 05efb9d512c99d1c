"""The events behind a figure, with superseded ones marked.

A page shows what was known at the figure's own moment.
"""
