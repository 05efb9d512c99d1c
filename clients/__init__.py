"""Clients of the public doors, for what stands outside the system: command line, demo, benchmarks, faults, tests."""
