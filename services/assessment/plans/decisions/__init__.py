"""Decisions on a plan: publish it, or publish it again with what has changed; `targets` decides on its targets."""
