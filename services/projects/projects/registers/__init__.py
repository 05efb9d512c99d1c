"""Registers (项目名录): lists that a project joins and leaves, each with its dates (X-22).

百项千亿 (provincial key), the national plan, city key projects and the reserve libraries of three levels are different
registers of possibly the same project. Days are inclusive at both ends.
"""
