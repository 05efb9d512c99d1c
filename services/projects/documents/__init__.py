"""Documents (文件): the monthly bulletin (月通报) and the quarterly dispatch (季调度), PM-10 and TR-8.

A document is frozen: its figures are a snapshot, with the positions in the logs that they were taken at. What was
wrong in an issued one is set right by a new issue with a table of differences; the old one stays as it went out.
"""
