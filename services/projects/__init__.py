"""Owns projects, their stages, the monthly investment reports (技改项目、月报)."""
