"""Requests and answers of this service, one module per slice."""
