-- Times are microseconds since 1970 in UTC. Text that is absent is NULL. JSON
-- is kept as text. STRICT needs SQLite 3.37.

CREATE TABLE users (
    id             TEXT NOT NULL PRIMARY KEY,
    name           TEXT,
    email          TEXT,        -- as given
    email_key      TEXT UNIQUE, -- in the form in which addresses are compared
    email_verified INTEGER,     -- NULL: never
    image          TEXT,
    extra          TEXT         -- JSON object
) STRICT;

CREATE TABLE accounts (
    provider            TEXT NOT NULL,
    provider_account_id TEXT NOT NULL,
    user_id             TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    type                TEXT NOT NULL,
    access_token        TEXT,
    refresh_token       TEXT,
    id_token            TEXT,
    token_type          TEXT,
    scope               TEXT,
    session_state       TEXT,
    expires_at          INTEGER, -- seconds since 1970, as the provider said
    extra               TEXT,    -- JSON object
    PRIMARY KEY (provider, provider_account_id)
) STRICT;

CREATE INDEX accounts_user_id ON accounts (user_id);

CREATE TABLE sessions (
    token   TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE INDEX sessions_expires ON sessions (expires);

CREATE TABLE verification_tokens (
    identifier TEXT NOT NULL,
    token      TEXT NOT NULL,
    expires    INTEGER NOT NULL,
    PRIMARY KEY (identifier, token)
) STRICT, WITHOUT ROWID;

CREATE INDEX verification_tokens_expires ON verification_tokens (expires);

-- The two ids make up the key, so the one that is absent is ''.
CREATE TABLE revocations (
    session_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    PRIMARY KEY (session_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX revocations_at ON revocations (at);

CREATE INDEX revocations_expires ON revocations (expires);
