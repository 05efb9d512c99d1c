"""The roles, as the gateway names them. What is in the menu follows from them; what is allowed the gateway decides."""

PROVINCE, CITY, COUNTY, ENTERPRISE, OPS = "province", "city", "county", "enterprise", "ops"
ROLES = (PROVINCE, CITY, COUNTY, ENTERPRISE, OPS)
GOVERNMENT = (PROVINCE, CITY, COUNTY, OPS)
KEEPERS = (PROVINCE, CITY, COUNTY)
"""Who keeps projects, their problems and what is owed, each in its own area."""
HOLDERS = (*KEEPERS, ENTERPRISE)
"""Who may hold an enterprise's own matters: the governments over it, and itself."""
