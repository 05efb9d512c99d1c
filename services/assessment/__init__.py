"""Owns the plan, its targets and their decomposition, reported statistics (目标分解、统计)."""
