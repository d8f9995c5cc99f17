-- The tables of @auth/d1-adapter: ids are text, and times are text as toISOString
-- writes it.

CREATE TABLE accounts (
    id                 TEXT NOT NULL PRIMARY KEY,
    userId             TEXT NOT NULL,
    type               TEXT NOT NULL,
    provider           TEXT NOT NULL,
    providerAccountId  TEXT NOT NULL,
    refresh_token      TEXT,
    access_token       TEXT,
    expires_at         NUMBER,
    token_type         TEXT,
    scope              TEXT,
    id_token           TEXT,
    session_state      TEXT,
    oauth_token_secret TEXT,
    oauth_token        TEXT
);

CREATE TABLE sessions (
    id           TEXT NOT NULL,
    sessionToken TEXT NOT NULL PRIMARY KEY,
    userId       TEXT NOT NULL,
    expires      DATETIME NOT NULL
);

CREATE TABLE users (
    id            TEXT NOT NULL PRIMARY KEY,
    name          TEXT,
    email         TEXT,
    emailVerified DATETIME,
    image         TEXT
);

CREATE TABLE verification_tokens (
    identifier TEXT NOT NULL,
    token      TEXT NOT NULL PRIMARY KEY,
    expires    DATETIME NOT NULL
);
