"""The tables of a collection. One SQLite file is the truth; nothing else needs to be kept.

A work's text is that of its passages with their gaps, so it stands in the file once. The words are
indexed by FTS5 in the same file, and so change in the same transaction.
"""

from __future__ import annotations

APPLICATION = 0x494E4456  # "INDV": what tells a collection from another SQLite file
VERSION = 1
# A word is found by its stem and without its accents; hyphens and slashes divide words.
TOKENS = "porter unicode61 remove_diacritics 2"
WEIGHTS = (2.0, 1.0, 1.0)  # of a word in the title, in a heading, in the passage itself

TABLES = f"""
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
  no INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL,
  kind TEXT NOT NULL,
  failed TEXT NOT NULL,
  remarks TEXT NOT NULL
);
CREATE TABLE work (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  type TEXT NOT NULL,
  organisation TEXT NOT NULL,
  year TEXT NOT NULL,
  version TEXT NOT NULL,
  jurisdiction TEXT NOT NULL,
  population TEXT NOT NULL,
  grade TEXT NOT NULL,
  status TEXT NOT NULL,
  url TEXT NOT NULL,
  licensed INTEGER NOT NULL,
  superseded_by TEXT NOT NULL,
  because TEXT NOT NULL DEFAULT '',
  changed INTEGER NOT NULL
);
CREATE INDEX work_changed ON work (changed);
CREATE TABLE held (
  file INTEGER NOT NULL REFERENCES file (no) ON DELETE CASCADE,
  work INTEGER NOT NULL REFERENCES work (no) ON DELETE CASCADE,
  PRIMARY KEY (file, work)
) WITHOUT ROWID;
CREATE TABLE named (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  work INTEGER NOT NULL REFERENCES work (no) ON DELETE CASCADE,
  PRIMARY KEY (kind, value, work)
) WITHOUT ROWID;
CREATE INDEX named_work ON named (work);
CREATE TABLE notice (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  status TEXT NOT NULL,
  said_by TEXT NOT NULL,
  PRIMARY KEY (kind, value, status)
) WITHOUT ROWID;
CREATE TABLE passage (
  no INTEGER PRIMARY KEY,
  work INTEGER NOT NULL REFERENCES work (no) ON DELETE CASCADE,
  begins INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  section TEXT NOT NULL,
  page INTEGER,
  text TEXT NOT NULL,
  gap TEXT NOT NULL
);
CREATE INDEX passage_work ON passage (work, begins);
CREATE VIEW searched AS
  SELECT passage.no AS no, work.title AS title, passage.section AS section, passage.text AS text
  FROM passage JOIN work ON work.no = passage.work;
CREATE VIRTUAL TABLE words USING fts5 (
  title, section, text, content='searched', content_rowid='no', tokenize='{TOKENS}'
);
INSERT INTO words (words, rank) VALUES ('rank', 'bm25{WEIGHTS}');
"""
