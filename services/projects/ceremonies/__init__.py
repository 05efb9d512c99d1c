"""Signing ceremonies as a whole (项目现场协调会暨签约): who comes, what is signed, how each city stands.

PM-12, PM-15, PM-18.
"""
