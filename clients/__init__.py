"""Clients of the public endpoints, for everything outside the system: command line, demo, benchmarks, faults, tests."""
