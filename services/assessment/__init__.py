"""Owns plans with their targets and decomposition (目标分解), reported statistics (统计), appraisals of cities (考核).

Also summonses (约谈), designations of enterprises, and the directory of people; it lists the regions.
"""
