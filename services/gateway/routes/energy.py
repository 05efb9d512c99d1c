"""Enterprises, meters, key users, coverage and energy sums: energy's part of the API."""

from services.gateway.routes import Route

ROUTES: list[Route] = []
