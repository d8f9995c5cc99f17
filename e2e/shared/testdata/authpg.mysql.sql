-- The tables of @auth/pg-adapter in MySQL's types. SERIAL is an unsigned BIGINT
-- with a unique key. Text has the collation of the database.

CREATE TABLE verification_token (
    identifier VARCHAR(255) NOT NULL,
    expires    TIMESTAMP(3) NOT NULL,
    token      VARCHAR(255) NOT NULL,
    PRIMARY KEY (identifier, token)
);

CREATE TABLE accounts (
    id                SERIAL,
    userId            BIGINT NOT NULL,
    type              VARCHAR(255) NOT NULL,
    provider          VARCHAR(255) NOT NULL,
    providerAccountId VARCHAR(255) NOT NULL,
    refresh_token     TEXT,
    access_token      TEXT,
    expires_at        BIGINT,
    id_token          TEXT,
    scope             TEXT,
    session_state     TEXT,
    token_type        TEXT,
    PRIMARY KEY (id)
);

CREATE TABLE sessions (
    id           SERIAL,
    userId       BIGINT NOT NULL,
    expires      TIMESTAMP(3) NOT NULL,
    sessionToken VARCHAR(255) NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE users (
    id            SERIAL,
    name          VARCHAR(255),
    email         VARCHAR(255),
    emailVerified TIMESTAMP(3) NULL,
    image         TEXT,
    PRIMARY KEY (id)
);
