"""Lists of 100,000 projects: a search by pairs of characters, amounts to sort by, and the lines of monthly reports.

Chinese words of two characters have no trigram, so `pg_trgm` doesn't serve them: every pair of neighbouring characters
stands in the index, and a text is looked for where all of its pairs are.
"""

from alembic import op

from shared.database import grant, run_script

revision = "0019_lists_at_scale"
down_revision = "0018_consequences"

_SEARCH = """
CREATE FUNCTION search_pairs(searched text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array(SELECT DISTINCT substr(searched, i, 2) FROM generate_series(1, length(searched) - 1) AS i)
$$;
COMMENT ON FUNCTION search_pairs IS 'pairs of neighbouring characters; none of a text of one';
CREATE INDEX project_search ON project USING gin (search_pairs(search));
CREATE INDEX project_by_equipment ON project (equipment_investment, project);
CREATE INDEX project_by_loan ON project (coalesce(bank_loan, '-1'::numeric), project);
"""
_LINES = """
CREATE TABLE report_line (
    month            text NOT NULL,
    project          text NOT NULL,
    city             text NOT NULL,
    region           text NOT NULL,
    investment       numeric(18, 2) NOT NULL CHECK (investment >= 0),
    progress_percent numeric(6, 3) NOT NULL,
    note             text NOT NULL,
    PRIMARY KEY (month, project, city)
);
COMMENT ON TABLE report_line IS 'What the newest version of each city''s monthly report says of each project (TR-12).';
COMMENT ON COLUMN report_line.city IS 'whose report it is';
COMMENT ON COLUMN report_line.region IS 'the project''s';
CREATE INDEX report_line_of_project ON report_line (project, month);
CREATE INDEX report_line_of_region ON report_line (region, month, project);

CREATE TABLE report_line_sum (
    month      text NOT NULL,
    city       text NOT NULL,
    region     text NOT NULL,
    lines      int  NOT NULL,
    investment numeric(18, 2) NOT NULL,
    PRIMARY KEY (month, city, region)
);
COMMENT ON TABLE report_line_sum IS
    'Lines of one report by region of their projects, counted and added up: a list of millions says its sum at once.';
"""
# The log's newest version of each report, as reports/lines.py writes it.
KNOWN = """
INSERT INTO report_line (month, project, city, region, investment, progress_percent, note)
SELECT newest.data ->> 'month', line ->> 'project', newest.data ->> 'region', project.region,
       (line ->> 'investment')::numeric, (line ->> 'progress_percent')::numeric, coalesce(line ->> 'note', '')
FROM (SELECT DISTINCT ON (stream) data FROM event
      WHERE type IN ('MonthlyReportFiled', 'MonthlyReportCorrected') ORDER BY stream, version DESC) AS newest,
     json_array_elements(newest.data -> 'projects') AS line, project
WHERE project.project = line ->> 'project';
INSERT INTO report_line_sum (month, city, region, lines, investment)
SELECT month, city, region, count(*), sum(investment) FROM report_line GROUP BY month, city, region;
"""


def upgrade() -> None:
    run_script(op, _SEARCH + _LINES + KNOWN)
    grant(op, "EXECUTE", "FUNCTION search_pairs")
    for table in ("report_line", "report_line_sum"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
