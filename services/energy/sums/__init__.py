"""Sums: energy of an enterprise or a meter by hour, day, month or year, and today's running figures (X-4, X-10).

Questions only: the sums are kept by the readings' worker (`readings.sums`).
"""
