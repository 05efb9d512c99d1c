"""Signing list (上台签约项目): which projects sign on the stage of a ceremony, such as the June one (PM-12, PM-15).

A city recommends, the provincial office audits, the project signs there. Nothing is recommended without a passed
pre-review (PM-13b, PM-19).
"""
