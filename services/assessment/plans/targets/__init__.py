"""Targets (目标) of a plan: set, revised, and decomposed to counties (分解落实, TR-7). They share its history."""
