"""The order of I/O for every command: authorise, read what it is judged by, decide, tables, append.

All of it happens in the one transaction of the CommandRunner, so that nothing decided upon can have changed.
One module per slice, of plain functions over the `App` of context.py.
"""
