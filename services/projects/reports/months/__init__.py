"""ReportingMonth (报告期): the books of a month of the cities' reports, closed (关账) by rule or by the province.

In a closed month nothing is reported or corrected without the province's consent: a reopening, for one city or for
all, until a day, with the reason. Figures that were reported stay as they are; what is missing stays missing.
"""
