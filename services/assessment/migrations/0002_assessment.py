"""Plans, regions, targets and statistics as they stand: tables written with the events."""

from alembic import op

from shared.database import grant, run_script

revision = "0002_assessment"
down_revision = "0001_event_log"

_TABLES = ("plan", "region", "target", "statistic")


def upgrade() -> None:
    run_script(
        op,
        """
        CREATE TABLE plan (
            plan   text PRIMARY KEY,
            header json NOT NULL
        );
        CREATE TABLE region (
            code         text PRIMARY KEY,
            plan         text NOT NULL,
            name         text NOT NULL,
            level        text NOT NULL,
            parent       text,
            administered bool NOT NULL,
            valid_from   date,
            valid_to     date,
            relations    json NOT NULL
        );
        CREATE TABLE target (
            plan      text NOT NULL,
            target    text NOT NULL,
            ordinal   int  NOT NULL,
            "row"     text NOT NULL,
            programme text NOT NULL,
            region    text NOT NULL,
            level     text NOT NULL,
            measure   text,
            part_of   text,
            facts     json NOT NULL,
            PRIMARY KEY (plan, target)
        );
        CREATE UNIQUE INDEX target_order ON target (plan, ordinal, target);
        CREATE INDEX target_part_of ON target (plan, part_of) WHERE part_of IS NOT NULL;
        CREATE TABLE statistic (
            indicator text NOT NULL,
            region    text NOT NULL,
            period    text NOT NULL,
            vintages  int  NOT NULL,
            figure    json NOT NULL,
            PRIMARY KEY (indicator, region, period)
        );
        """,
    )
    for table in _TABLES:
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
