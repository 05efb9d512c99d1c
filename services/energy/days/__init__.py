"""The energy of an enterprise on a day as it leaves the service (ADR 0040): absolute totals, with a revision number."""
