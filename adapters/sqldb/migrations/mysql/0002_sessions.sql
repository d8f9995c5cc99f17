-- What lets a person recognise a session among others, and who removes expired
-- rows.

ALTER TABLE sessions
    ADD COLUMN created_at   BIGINT,
    ADD COLUMN last_seen_at BIGINT,
    ADD COLUMN address      VARCHAR(255),
    ADD COLUMN user_agent   TEXT;

CREATE TABLE leases (
    name    VARBINARY(64) NOT NULL PRIMARY KEY,
    holder  VARBINARY(64) NOT NULL,
    expires BIGINT NOT NULL
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;
