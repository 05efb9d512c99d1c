"""The groups of commands: `shengji plan …`, `readings …`, `audit …`, `traces …`, `quarantine …`."""
