"""A register's fall is judged with what follows it, a clock a little late keeps its slot, a meter has a direction.

The first two rules begin after everything that is stored: what a reading has contributed is never worked out by another
rule than the one that it was stored by (ADR 0285, 0286).
"""

from alembic import op

from shared.database import grant, run_script

revision = "0014_whole_registers"
down_revision = "0013_bounds"

_LATER_THAN_STORED = """
    CASE WHEN EXISTS (SELECT FROM reading) OR EXISTS (SELECT FROM reading_archive)
         THEN greatest((SELECT max(t) FROM reading), (SELECT max(until_t) FROM reading_archive),
                       extract(epoch FROM now())::bigint) ELSE 0 END
"""

_FALLS = f"""
ALTER TABLE reading_partition ADD COLUMN falls_since bigint NOT NULL DEFAULT 0;
UPDATE reading_partition SET falls_since = {_LATER_THAN_STORED};
COMMENT ON COLUMN reading_partition.falls_since IS
    'a register that falls later than this is judged with the readings that follow; before, each interval by itself';
ALTER TABLE irregular DROP CONSTRAINT irregular_reason_check,
    ADD CONSTRAINT irregular_reason_check
    CHECK (reason IN ('jump', 'backwards', 'gap', 'rollover', 'beyond', 'after_fall', 'glitch'));
CREATE OR REPLACE VIEW suspect AS SELECT s, t0, t, reason, e FROM irregular WHERE reason NOT IN ('rollover', 'glitch');
COMMENT ON COLUMN irregular.reason IS
    'jump: more than the capacity allows; backwards: the register fell and no rollover explains it; after_fall: what '
    'follows such a fall, as long as nothing explains it; gap: over 31 days; beyond: more than anybody uses; these are '
    'parked, none of their energy counts. rollover: counted, e is minus the modulus. glitch: the register came back '
    'to where it was, this reading is left aside and e is 0';
"""

_SLOTS = f"""
CREATE TABLE slot_tolerance (
    since   bigint PRIMARY KEY,
    seconds int    NOT NULL CHECK (seconds BETWEEN 0 AND 300),
    source  text   NOT NULL CHECK (source <> '')
);
COMMENT ON TABLE slot_tolerance IS
    'How late after its slot''s end a reading still belongs to it, at most a quarter of the slot. The row with the '
    'greatest since up to the reading''s own time holds; no row may begin before a stored reading.';
COMMENT ON COLUMN slot_tolerance.since IS 'epoch seconds: readings of this time and later; it holds until the next row';
INSERT INTO slot_tolerance (since, seconds, source)
SELECT {_LATER_THAN_STORED}, 60, 'own rule, docs/adr/0285: collectors set their clocks once a day, and read in turn';
"""


_DIRECTION = """
ALTER TABLE series ADD COLUMN sign smallint NOT NULL DEFAULT 1 CHECK (sign IN (1, -1));
COMMENT ON COLUMN series.sign IS
    '1: energy that comes in (purchased); -1: energy that goes out (delivered), deducted from the enterprise''s sums';
ALTER TABLE meter ADD COLUMN direction text NOT NULL DEFAULT 'purchased'
    CHECK (direction IN ('purchased', 'delivered'));
"""


def upgrade() -> None:
    for script in (_FALLS, _SLOTS, _DIRECTION):
        run_script(op, script)
    grant(op, "SELECT", "slot_tolerance")
