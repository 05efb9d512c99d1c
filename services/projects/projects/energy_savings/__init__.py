"""Energy saving (节能量) of a project: what it should save in a year, and what was found when it ran (EN-15b).

Expected savings come with the application, verified ones from whoever measures (节能量审核). A later statement of the
same kind takes the place of the earlier; both stay in the history.
"""
