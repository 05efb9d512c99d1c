"""Coefficients (折标准煤系数) beside the plans': published one by one, and the past counted again with them.

Own measured calorific values come first in conversion (GB/T 2589); a final equivalent value of a year is known only
after it. Either moves no past figure by itself: a restatement does.
"""
