"""Technology diagnosis (技术提升诊断): experts look at an enterprise, and each finding leads somewhere (IN-14).

A finding leads to a technology need of the meeting point, to a project, or is dismissed with a reason.
"""
