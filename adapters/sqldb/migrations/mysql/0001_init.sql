-- Times are microseconds since 1970 in UTC. Text that is absent is NULL. JSON
-- is kept as text. Keys are VARBINARY: every collation but the binary one takes
-- some different texts for equal, and those of MariaDB ignore spaces at the end.

CREATE TABLE users (
    id             VARBINARY(64) NOT NULL PRIMARY KEY,
    name           MEDIUMTEXT,
    email          TEXT,                   -- as given
    email_key      VARBINARY(1024) UNIQUE, -- in the form in which addresses are compared
    email_verified BIGINT,                 -- NULL: never
    image          MEDIUMTEXT,
    extra          LONGTEXT                -- JSON object
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;

CREATE TABLE accounts (
    provider            VARBINARY(255) NOT NULL,
    provider_account_id VARBINARY(1024) NOT NULL,
    user_id             VARBINARY(64) NOT NULL,
    type                VARCHAR(64) NOT NULL,
    access_token        MEDIUMTEXT,
    refresh_token       MEDIUMTEXT,
    id_token            MEDIUMTEXT,
    token_type          TEXT,
    scope               TEXT,
    session_state       TEXT,
    expires_at          BIGINT,   -- seconds since 1970, as the provider said
    extra               LONGTEXT, -- JSON object
    PRIMARY KEY (provider, provider_account_id),
    KEY accounts_user_id (user_id),
    CONSTRAINT accounts_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;

CREATE TABLE sessions (
    token   VARBINARY(255) NOT NULL PRIMARY KEY,
    user_id VARBINARY(64) NOT NULL,
    expires BIGINT NOT NULL,
    KEY sessions_user_id (user_id),
    KEY sessions_expires (expires),
    CONSTRAINT sessions_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;

CREATE TABLE verification_tokens (
    identifier VARBINARY(1024) NOT NULL,
    token      VARBINARY(255) NOT NULL,
    expires    BIGINT NOT NULL,
    PRIMARY KEY (identifier, token),
    KEY verification_tokens_expires (expires)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;

-- The two ids make up the key, so the one that is absent is ''.
CREATE TABLE revocations (
    session_id VARBINARY(64) NOT NULL,
    user_id    VARBINARY(64) NOT NULL,
    at         BIGINT NOT NULL,
    expires    BIGINT NOT NULL,
    PRIMARY KEY (session_id, user_id),
    KEY revocations_at (at),
    KEY revocations_expires (expires)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;
