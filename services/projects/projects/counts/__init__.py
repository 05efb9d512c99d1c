"""Counts of projects and of what they reached in a span of days (TR-4, TR-5, TR-11), as a whole and broken down."""
