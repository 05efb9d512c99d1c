"""The read-model as questions see it: which version serves, and what was known at one moment or at many.

It reads; `projection/` writes.
"""
