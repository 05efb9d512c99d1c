"""Key energy users (重点用能单位): a list with a year, designated, not computed live (EN-14; plan data §3.2)."""
