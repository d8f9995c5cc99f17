-- What lets a person recognise a session among others, and who removes expired
-- rows.

ALTER TABLE sessions ADD COLUMN created_at INTEGER;

ALTER TABLE sessions ADD COLUMN last_seen_at INTEGER;

ALTER TABLE sessions ADD COLUMN address TEXT;

ALTER TABLE sessions ADD COLUMN user_agent TEXT;

CREATE TABLE leases (
    name    TEXT NOT NULL PRIMARY KEY,
    holder  TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
