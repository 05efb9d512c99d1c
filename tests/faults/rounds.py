"""How much of everything: `SHENGJI_FAULT_ROUNDS`, 1 in `make test`; `make soak` sets more, with longer faults."""

import os

ROUNDS = int(os.environ.get("SHENGJI_FAULT_ROUNDS", "1"))
LONG = ROUNDS > 1
