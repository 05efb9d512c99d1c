"""The `shengji` command: a thin client of the public endpoints and of deploy/local."""
