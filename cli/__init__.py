"""The `shengji` command: a thin client of the public doors and of deploy/local."""
