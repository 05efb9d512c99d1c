"""What a look has taken out of the reserve library (移出储备库), so that a month's can be listed."""

from alembic import op

from shared.database import grant, run_script

revision = "0027_reserve_drops"
down_revision = "0026_shared_views"

_DROPS = """
CREATE TABLE reserve_drop (
    project          text NOT NULL,
    register         text NOT NULL,
    on_day           date NOT NULL,
    region           text NOT NULL,
    total_investment numeric(18, 2) NOT NULL,
    reason           text NOT NULL,
    by_rule          bool NOT NULL,
    PRIMARY KEY (project, register, on_day)
);
COMMENT ON TABLE reserve_drop IS 'Stays in the library ended by a look: by who keeps them, or by the rule for silence.';
CREATE INDEX reserve_drop_by_day ON reserve_drop (on_day, project, register);

INSERT INTO reserve_drop
SELECT data->>'project', data->>'register', (data->>'on')::date, data->>'region',
       (data->>'total_investment')::numeric, data->>'reason', data->>'reported_by' = 'system:reserve'
FROM event WHERE type = 'ReserveUpdated' AND data->>'action' = 'dropped'
ON CONFLICT DO NOTHING;
"""


def upgrade() -> None:
    run_script(op, _DROPS)
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "reserve_drop")
