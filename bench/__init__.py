"""What is measured, and how. `python -m bench --help`; docs/performance.md explains the table."""
