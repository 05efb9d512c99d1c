"""Summonses of cities (约谈) after an appraisal, in whose history they stand."""
