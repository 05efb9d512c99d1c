"""Whom the public routes are for, by their roles. What each may see and change there stands in `scope`."""

EVERYONE = ("province", "city", "county", "enterprise", "ops")
GOVERNMENT = ("province", "city", "county", "ops")
KEEPERS = ("province", "city", "county")
"""Governments that keep what they report."""
CALLERS = ("province", "city")
"""Governments that call meetings."""
PROVINCE = ("province",)
CITY = ("city",)
