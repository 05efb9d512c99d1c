"""The readings' store: batch step, sums, receipts, quarantine. `batch.py` is where to begin reading."""
