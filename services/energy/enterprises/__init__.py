"""Enterprises (企业) whose energy is measured: who they are, where they lie, what they make (X-25)."""
