"""Verdicts on parked intervals (存疑区间): what a person says of energy that is neither believed nor zeroed."""
