"""Corrections: a change of a meter that was said wrong is said right, or undone.

A change is named by its moment: no two of one meter share it. What a correction doesn't name stays as it was.
"""
