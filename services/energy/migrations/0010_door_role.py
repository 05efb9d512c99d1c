"""The meters' door asks whose credentials changed, and needs no right to read the log."""

from alembic import op

from shared.database import grant, run_script

revision = "0010_door_role"
down_revision = "0009_names"

_EXPAND = """
CREATE FUNCTION credential_changes(after bigint, until bigint) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT data->>'enterprise' FROM event
    WHERE position > after AND position <= until
      AND type IN ('DeviceCredentialIssued', 'DeviceCredentialRevoked');
END;
REVOKE ALL ON FUNCTION credential_changes FROM PUBLIC;
COMMENT ON FUNCTION credential_changes IS
    'Whose device credentials changed between two positions of the log: all that the door may know of it.';
"""


def upgrade() -> None:
    run_script(op, _EXPAND)
    grant(op, "EXECUTE", "FUNCTION credential_changes")
