"""Duties (报送义务) of governments: what one region owes under one duty, period by period, and what was done about it.

What is carried out by an act of its own (a monthly report, a bulletin) is known from there; all else is handed in
by reference. Silence is followed up as the duty's rule says: reminded, missed, and a consequence after so many
periods in a row: named in the next bulletin (通报批评) or summoned (约谈), lifted when one of them comes after all.
"""
