"""The inline tables: what this service reads at once. Written in the append transaction, rebuilt from the log.

Money is CNY (yuan). Days are days of Asia/Shanghai.
"""

from alembic import op

from shared.database import grant, install, run_script

revision = "0002_projects"
down_revision = "0001_event_log"

_PLAN = """
CREATE TABLE region (
    code         text PRIMARY KEY,
    name         text NOT NULL,
    level        text NOT NULL,
    parent       text,
    administered bool NOT NULL,
    valid_from   date,
    valid_to     date,
    relations    json NOT NULL
);
COMMENT ON TABLE region IS 'Regions (行政区划) of the loaded plan, with dated relations beside the tree parent.';

CREATE TABLE programme (
    plan text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (plan, code)
);

CREATE TABLE register (
    plan     text NOT NULL,
    register text NOT NULL,
    name     text NOT NULL,
    term     text NOT NULL,
    level    text NOT NULL,
    PRIMARY KEY (plan, register)
);
COMMENT ON TABLE register IS 'Registers that projects join and leave (X-22); level: whose register it is.';

CREATE TABLE duty (
    plan text NOT NULL,
    duty text NOT NULL,
    duty_data json NOT NULL,
    PRIMARY KEY (plan, duty)
);
COMMENT ON TABLE duty IS 'The duty calendar, as loaded.';
"""

_PROJECTS = """
CREATE TABLE project (
    project              text PRIMARY KEY,
    name                 text NOT NULL,
    region               text NOT NULL,
    enterprise           text,
    enterprise_name      text,
    industry             text NOT NULL,
    total_investment     numeric(18, 2) NOT NULL CHECK (total_investment > 0),
    equipment_investment numeric(18, 2) NOT NULL CHECK (equipment_investment BETWEEN 0 AND total_investment),
    programmes           text[] NOT NULL,
    stage                text NOT NULL,
    stage_on             date NOT NULL,
    registered_on        date NOT NULL
);
COMMENT ON TABLE project IS 'Technology renovation projects (技改项目) as lists show them.';
CREATE INDEX project_region ON project (region, project);
CREATE INDEX project_enterprise ON project (enterprise) WHERE enterprise IS NOT NULL;

CREATE TABLE project_register (
    project    text NOT NULL REFERENCES project,
    register   text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    PRIMARY KEY (project, register, valid_from)
);
COMMENT ON COLUMN project_register.valid_to IS 'the last day in it; null: still in it';
CREATE INDEX project_register_register ON project_register (register, project);

CREATE TABLE monthly_report (
    region           text NOT NULL,
    month            text NOT NULL CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    investment       numeric(18, 2) NOT NULL CHECK (investment >= 0),
    projects         int  NOT NULL CHECK (projects >= 0),
    due_on           date NOT NULL,
    reported_on      date NOT NULL,
    late             bool NOT NULL,
    corrections      int  NOT NULL DEFAULT 0,
    last_reported_on date NOT NULL,
    PRIMARY KEY (region, month)
);
COMMENT ON TABLE monthly_report IS 'Monthly reports of the cities (月报, TR-12); a month without a row is missing.';
COMMENT ON COLUMN monthly_report.projects IS 'how many projects the report names';
"""

_TARGET = """
CREATE TABLE investment_target (
    plan    text NOT NULL,
    target  text NOT NULL,
    region  text NOT NULL,
    year    int  NOT NULL,
    value   numeric(20, 2) NOT NULL,
    PRIMARY KEY (plan, target)
);
COMMENT ON TABLE investment_target IS
    'Yearly investment targets as the assessment service published them: only to ask back when an amount '
    'looks like one in the wrong unit. Not rebuilt from the own log, but from that service''s stream.';
"""

INLINE = ("region", "programme", "register", "duty", "project", "project_register", "monthly_report")


def upgrade() -> None:
    run_script(op, _PLAN + _PROJECTS + _TARGET)
    install(op, "checkpoint_v1.sql")
    for table in (*INLINE, "investment_target"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
