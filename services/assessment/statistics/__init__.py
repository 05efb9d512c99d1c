"""Reported statistics (统计数): a figure of an indicator, a region and a period, with its vintages (X-16, X-24)."""
