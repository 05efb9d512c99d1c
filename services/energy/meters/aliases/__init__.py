"""Aliases (表计别名): names by which an enterprise's devices send a meter's readings, beside its id."""
