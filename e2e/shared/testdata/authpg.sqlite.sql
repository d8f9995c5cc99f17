-- The tables of @auth/pg-adapter in SQLite's types, with times in milliseconds.

CREATE TABLE verification_token (
    identifier TEXT NOT NULL,
    expires    INTEGER NOT NULL,
    token      TEXT NOT NULL,
    PRIMARY KEY (identifier, token)
);

CREATE TABLE accounts (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    userId            INTEGER NOT NULL,
    type              TEXT NOT NULL,
    provider          TEXT NOT NULL,
    providerAccountId TEXT NOT NULL,
    refresh_token     TEXT,
    access_token      TEXT,
    expires_at        INTEGER,
    id_token          TEXT,
    scope             TEXT,
    session_state     TEXT,
    token_type        TEXT
);

CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    userId       INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    sessionToken TEXT NOT NULL
);

CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT,
    email         TEXT,
    emailVerified INTEGER,
    image         TEXT
);
