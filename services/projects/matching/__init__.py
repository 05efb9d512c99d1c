"""Matching (对接): needs and offers that should meet, which of them fit, and what comes of each pair.

PM-7, PM-11; IN-3 to IN-5; TR-22; DI-7, DI-8, DI-13, DI-14.
"""
