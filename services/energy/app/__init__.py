"""The registry's use cases: load, decide, append, in this order and nowhere else."""
