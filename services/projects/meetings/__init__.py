"""Meeting (调度会, 推进会): takes the problems of its level as its agenda, decides them, and is concluded.

Two kinds work on the same list of problems: the dispatch meeting (项目调度会, PM-10) on what was escalated, and
the meeting on concentrated starts (集中开工投产项目推进会, TR-10) on land, environment and funds.
"""
