"""The events behind a figure, with those that were said anew marked.

One page is of the figure's own moment.
"""
