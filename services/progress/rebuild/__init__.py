"""The next version of the read-model, built beside the one that serves, compared with it and taken over.

`python -m services.progress.rebuild` is the operator's command.
"""
