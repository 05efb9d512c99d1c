"""Matching: needs and offers (对接信息), the words they are found by, and what came of each pair.

Money is CNY (yuan). Days are days of Asia/Shanghai.
"""

from alembic import op

from shared.database import grant, run_script

revision = "0008_needs_and_offers"
down_revision = "0007_money"

_TABLES = """
CREATE TABLE listing (
    listing       text PRIMARY KEY,
    meeting       text NOT NULL,
    side          text NOT NULL CHECK (side IN ('need', 'offer')),
    region        text NOT NULL,
    party         text NOT NULL,
    enterprise    text,
    project       text,
    title         text NOT NULL,
    terms         json NOT NULL,
    divisions     text[] NOT NULL,
    regions       text[] NOT NULL,
    amount_min    numeric(18, 2),
    amount_max    numeric(18, 2),
    tags          text[] NOT NULL,
    valid_to      date,
    revision      int NOT NULL,
    open          bool NOT NULL,
    length        smallint NOT NULL,
    registered_on date NOT NULL,
    changed_on    date NOT NULL
);
COMMENT ON TABLE listing IS 'Needs and offers as they are put forward now; open: not withdrawn.';
COMMENT ON COLUMN listing.divisions IS 'the first two digits of its industries (GB/T 4754, 大类)';
COMMENT ON COLUMN listing.length IS 'how many terms its text has';
CREATE INDEX listing_side ON listing (meeting, side, listing);

CREATE TABLE listing_term (
    corpus    text NOT NULL,
    term      text NOT NULL,
    listing   text NOT NULL REFERENCES listing,
    frequency smallint NOT NULL,
    length    smallint NOT NULL,
    PRIMARY KEY (corpus, term, listing) INCLUDE (frequency, length)
);
COMMENT ON TABLE listing_term IS
    'The open listings by the terms of their text: what suggest ranks by (BM25). corpus: meeting point and side.';
CREATE INDEX listing_term_listing ON listing_term (listing);

CREATE TABLE listing_match (
    need           text NOT NULL REFERENCES listing,
    offer          text NOT NULL REFERENCES listing,
    meeting        text NOT NULL,
    region         text NOT NULL,
    status         text NOT NULL,
    since          date NOT NULL,
    score          numeric(4, 3),
    need_revision  int NOT NULL,
    offer_revision int NOT NULL,
    introduced_on  date,
    concluded_on   date,
    amount         numeric(18, 2),
    reason         text NOT NULL DEFAULT '',
    PRIMARY KEY (need, offer)
);
COMMENT ON TABLE listing_match IS 'What came of each pair (对接); revisions: what the two said when it was declined.';
CREATE INDEX listing_match_offer ON listing_match (offer, need);
"""


def upgrade() -> None:
    run_script(op, _TABLES)
    for table in ("listing", "listing_term", "listing_match"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
