"""Receipts (回执): what became of the readings of a POST, and of all POSTs together (X-10).

Questions only: the receipts are kept by the readings' worker (`readings.receipts`).
"""
