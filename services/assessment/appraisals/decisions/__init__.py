"""Decisions on an appraisal: open, self-assess, verify and correct, publish the places, award them."""
