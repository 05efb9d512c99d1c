"""Borders of the province's cities, as data."""
