"""Regions (行政区划) with their dates and relations (X-19): one map of all plans, which the newest list replaces."""
