"""The reserve library (技改项目储备库) of province, cities and counties: TR-13, TR-15, TR-16, TR-18.

Its tiers are registers (X-22), so a project's time in a tier is a stay with first and last day. Each stay is updated
quarterly: confirmed 确认, changed 变更, dropped 退出, or promoted 升级 to the tier above (it stays in its own).
"""
