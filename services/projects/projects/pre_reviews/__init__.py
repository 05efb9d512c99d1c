"""Joint pre-review (预审, PM-13b, PM-19): each department gives its opinion on a matched project, the lead concludes.

A round opens with the pre-report (预报). Who is asked and within how many days is a dated rule. A returned project is
opened for a further round; what was said in a round stays.
"""
