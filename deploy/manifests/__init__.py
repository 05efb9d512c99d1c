"""Deployment files written from the topology: compose, and the Kubernetes base. Change the table, not them."""
