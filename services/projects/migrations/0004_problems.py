"""Problems of projects (困难和问题, PM-9), and the meetings that decide them (PM-10, TR-10)."""

from alembic import op

from shared.database import grant, run_script

revision = "0004_problems"
down_revision = "0003_rules"

_TABLES = """
CREATE TABLE project_problem (
    problem     text PRIMARY KEY,
    project     text NOT NULL,
    region      text NOT NULL,
    enterprise  text,
    programmes  text[] NOT NULL,
    kind        text NOT NULL,
    text        text NOT NULL,
    level       text NOT NULL,
    owner       text,
    standing    text NOT NULL CHECK (standing IN ('waiting', 'answered', 'decided', 'closed')),
    major       bool NOT NULL,
    raised_on   date NOT NULL,
    due_on      date NOT NULL,
    last_on     date NOT NULL,
    escalations int  NOT NULL,
    answer      text,
    meeting     text,
    decision    text,
    resolution  text
);
COMMENT ON TABLE project_problem IS 'Problems of projects as lists show them; what is overdue follows from due_on.';
CREATE INDEX project_problem_due ON project_problem (due_on, problem);
CREATE INDEX project_problem_project ON project_problem (project);
CREATE INDEX project_problem_waiting ON project_problem (due_on) WHERE standing = 'waiting';

CREATE TABLE meeting (
    meeting  text PRIMARY KEY,
    kind     text NOT NULL,
    name     text NOT NULL,
    region   text NOT NULL,
    level    text NOT NULL,
    held_on  date NOT NULL,
    kinds    text[] NOT NULL,
    standing text NOT NULL CHECK (standing IN ('convened', 'prepared', 'concluded')),
    problems int  NOT NULL,
    decided  int
);
COMMENT ON COLUMN meeting.kinds IS 'kinds of problems that it takes; none: every kind';
CREATE INDEX meeting_held_on ON meeting (held_on, meeting);

CREATE TABLE meeting_item (
    meeting text NOT NULL REFERENCES meeting,
    problem text NOT NULL,
    project text NOT NULL,
    PRIMARY KEY (meeting, problem)
);
COMMENT ON TABLE meeting_item IS 'The agenda: each problem with its project.';
CREATE INDEX meeting_item_project ON meeting_item (meeting, project);
"""


def upgrade() -> None:
    run_script(op, _TABLES)
    for table in ("project_problem", "meeting", "meeting_item"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
