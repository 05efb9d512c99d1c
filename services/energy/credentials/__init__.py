"""Device credentials (设备凭证): who may push an enterprise's readings.

A secret is told once: the log, the tables and stored answers lack it. The intake reads the hashes (`rights.yaml`).
"""
