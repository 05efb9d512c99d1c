"""People (人员): who stands behind the references in events, and the end of a person's access.

The directory (人员名录) is outside of the log on purpose: it can be erased, and the log's chain can't.
"""
