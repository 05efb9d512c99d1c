"""Plans as readable data, and the loader that refuses wrong ones."""
