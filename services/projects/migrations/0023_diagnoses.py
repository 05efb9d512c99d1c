"""Technology diagnoses of enterprises and where their findings led (IN-14)."""

from alembic import op

from shared.database import grant, run_script

revision = "0023_diagnoses"
down_revision = "0022_guest_lists"

_TABLE = """
CREATE TABLE diagnosis (
    diagnosis       text PRIMARY KEY,
    enterprise      text,
    enterprise_name text NOT NULL,
    region          text NOT NULL,
    industry        text NOT NULL,
    institute       text NOT NULL,
    held_on         date NOT NULL,
    findings        int NOT NULL,
    needs           int NOT NULL,
    projects        int NOT NULL,
    dismissed       int NOT NULL
);
COMMENT ON TABLE diagnosis IS 'Technology diagnoses (技术提升诊断), and how many of their findings led where.';
"""


def upgrade() -> None:
    run_script(op, _TABLE)
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "diagnosis")
