"""MonthlyReport (月报, TR-12): what a city says it invested in a month, and how its projects stand.

A month that is not reported is missing, not zero. A wrong report is corrected, never overwritten; one that should not
be there at all is withdrawn, and the month is missing again.
"""
