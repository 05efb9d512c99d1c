"""How the processes are put on machines."""
