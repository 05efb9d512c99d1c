"""Measure (措施): something that a government has promised to do, and how it is followed up.

Relocation renovation (TR-23c), one industry one policy (TR-23b), the twelve measures (TR-23a), and the plan's other
promises without a figure. A measure names a tag; the projects that carry it are those that it has reached. Where the
plan names parts of a promise (two zones, five industries), each is an item with a follow-up of its own.
"""
