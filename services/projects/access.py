"""The roles that public routes admit. `scope` says what each role may see and change."""

EVERYONE = ("province", "city", "county", "enterprise", "ops")
GOVERNMENT = ("province", "city", "county", "ops")
KEEPERS = ("province", "city", "county")
"""Roles of governments that maintain their own projects and reports."""
CALLERS = ("province", "city")
"""Roles of governments that call meetings."""
PROVINCE = ("province",)
CITY = ("city",)
