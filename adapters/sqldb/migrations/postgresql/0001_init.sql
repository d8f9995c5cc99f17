-- Times are microseconds since 1970 in UTC. Text that is absent is NULL. JSON
-- is kept as text. Keys are compared and sorted byte by byte.

CREATE TABLE users (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name           TEXT,
    email          TEXT,                    -- as given
    email_key      TEXT COLLATE "C" UNIQUE, -- in the form in which addresses are compared
    email_verified BIGINT,                  -- NULL: never
    image          TEXT,
    extra          TEXT                     -- JSON object
);

CREATE TABLE accounts (
    provider            TEXT COLLATE "C" NOT NULL,
    provider_account_id TEXT COLLATE "C" NOT NULL,
    user_id             TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    type                TEXT NOT NULL,
    access_token        TEXT,
    refresh_token       TEXT,
    id_token            TEXT,
    token_type          TEXT,
    scope               TEXT,
    session_state       TEXT,
    expires_at          BIGINT, -- seconds since 1970, as the provider said
    extra               TEXT,   -- JSON object
    PRIMARY KEY (provider, provider_account_id)
);

CREATE INDEX accounts_user_id ON accounts (user_id);

CREATE TABLE sessions (
    token   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires BIGINT NOT NULL
);

CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE INDEX sessions_expires ON sessions (expires);

CREATE TABLE verification_tokens (
    identifier TEXT COLLATE "C" NOT NULL,
    token      TEXT COLLATE "C" NOT NULL,
    expires    BIGINT NOT NULL,
    PRIMARY KEY (identifier, token)
);

CREATE INDEX verification_tokens_expires ON verification_tokens (expires);

-- The two ids make up the key, so the one that is absent is ''.
CREATE TABLE revocations (
    session_id TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    expires    BIGINT NOT NULL,
    PRIMARY KEY (session_id, user_id)
);

CREATE INDEX revocations_at ON revocations (at);

CREATE INDEX revocations_expires ON revocations (expires);
