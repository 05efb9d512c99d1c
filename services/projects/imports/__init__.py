"""Imports of spreadsheets (表格导入): rows become the same commands that a portal would send, many in a transaction.

`columns` reads headings and cells, `kinds` says which columns make which command, `batch` carries commands out in one
transaction, `staging` keeps a file's rows meanwhile, `worker` checks and runs them.
"""
