"""What a project is beyond a renovation: tags, investor, milestones; the joint pre-review and the signing lists.

The milestones of projects that are there already are read from the log, in order: a correction takes the wrong
step's away. What else is new has no value for them.
"""

from alembic import op

from shared.database import grant, run_script

revision = "0006_matching_steps"
down_revision = "0005_duties"

_TABLES = """
ALTER TABLE project
    ADD COLUMN tags                text[] NOT NULL DEFAULT '{}',
    ADD COLUMN investor_kind       text,
    ADD COLUMN investor_name       text,
    ADD COLUMN investor_categories text[],
    ADD COLUMN investor_origin     text,
    ADD COLUMN investor_eastern    bool,
    ADD COLUMN focus_sector        text,
    ADD COLUMN bank_loan           numeric(18, 2),
    ADD COLUMN version             int NOT NULL DEFAULT 1,
    ADD COLUMN acceptance_due_on   date,
    ADD COLUMN reminders           int NOT NULL DEFAULT 0,
    ADD COLUMN reminded_on         date;
CREATE INDEX project_tags ON project USING gin (tags);
CREATE INDEX project_programmes ON project USING gin (programmes);

CREATE TABLE project_milestone (
    project  text NOT NULL REFERENCES project,
    stage    text NOT NULL,
    on_day   date NOT NULL,
    amount   numeric(18, 2) CHECK (amount >= 0),
    ceremony text,
    PRIMARY KEY (project, stage)
);
COMMENT ON TABLE project_milestone IS 'When a project reached each stage that it reaches once: what flows count.';
CREATE INDEX project_milestone_day ON project_milestone (stage, on_day);

CREATE TABLE pre_review (
    project      text NOT NULL REFERENCES project,
    round        int  NOT NULL,
    region       text NOT NULL,
    lead         text NOT NULL,
    opened_on    date NOT NULL,
    due_on       date NOT NULL,
    departments  text[] NOT NULL,
    missing      text[] NOT NULL,
    result       text,
    concluded_on date,
    reason       text,
    PRIMARY KEY (project, round)
);
COMMENT ON TABLE pre_review IS 'Joint pre-reviews (预审, PM-19); missing: departments without an opinion.';

CREATE TABLE signing (
    ceremony       text NOT NULL,
    project        text NOT NULL REFERENCES project,
    region         text NOT NULL,
    contract       text NOT NULL,
    amount         numeric(18, 2) NOT NULL CHECK (amount >= 0),
    recommended_on date NOT NULL,
    approved       bool,
    audited_on     date,
    reason         text,
    signed_on      date,
    CONSTRAINT signing_pkey PRIMARY KEY (ceremony, project)
);
COMMENT ON TABLE signing IS 'Signing lists of ceremonies (上台签约项目, PM-15).';
"""

_MILESTONES = """
DO $$
DECLARE
    e record;
    once text[] := ARRAY['filed', 'approved', 'started', 'partly_producing', 'producing', 'accepted', 'terminated'];
BEGIN
    FOR e IN SELECT type, data FROM event
             WHERE type IN ('ProjectStageReached', 'ProjectStageCorrected') ORDER BY position
    LOOP
        IF e.type = 'ProjectStageCorrected' THEN
            DELETE FROM project_milestone
            WHERE project = e.data->>'project' AND stage = e.data->>'wrong_stage';
        END IF;
        IF e.data->>'stage' = ANY (once) THEN
            INSERT INTO project_milestone (project, stage, on_day)
            VALUES (e.data->>'project', e.data->>'stage', (e.data->>'on')::date);
        END IF;
    END LOOP;
END $$;
"""


def upgrade() -> None:
    run_script(op, _TABLES)
    op.execute(_MILESTONES)
    for table in ("project_milestone", "pre_review", "signing"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
