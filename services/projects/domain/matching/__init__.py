"""Matching (对接): needs and offers that should meet, which of them fit, and what comes of it."""
