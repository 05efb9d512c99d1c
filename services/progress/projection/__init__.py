"""Other services' events as rows of the read-model: what is read of them, what they contribute to, what they count for.

Nothing is ever changed: what was known at a moment is a prefix.
"""
