"""ProjectProblem (困难和问题, PM-9, PM-10): what keeps a project from going on, from the county up to the province.

A problem that waits too long goes one level up by the dated rule; a major one (重大问题) goes to the province at once.
"""
