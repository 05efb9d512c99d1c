"""What may be asked of a fund for a project: whether it may ask, and how its money moves."""
