"""Everything on one machine: PostgreSQL, NATS and every service as supervised child processes."""
