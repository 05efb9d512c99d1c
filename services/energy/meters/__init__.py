"""Meters (计量器具): what counts an enterprise's energy, from registration to retirement (EN-14, X-10).

Every part decides on the one stream of a meter, and each of its events is carried into the readings' store (`store`).
"""
