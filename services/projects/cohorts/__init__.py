"""Cohort (对接合同批次): the projects that signed their contract in one year with one kind of investor (PM-2, PM-4).

Closed once its year is over, and kept as it was then: who leaves the tracking stays in, who is terminated stays in
the denominator until formally ended. The rate over the projects still followed would understate it (G-8).
"""
