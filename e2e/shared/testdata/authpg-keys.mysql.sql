ALTER TABLE users ADD UNIQUE KEY users_email_key (email);
ALTER TABLE accounts ADD UNIQUE KEY accounts_provider_key (provider, providerAccountId);
ALTER TABLE sessions ADD UNIQUE KEY sessions_token_key (sessionToken);
ALTER TABLE accounts MODIFY userId BIGINT UNSIGNED NOT NULL,
    ADD CONSTRAINT accounts_user_fkey FOREIGN KEY (userId) REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE sessions MODIFY userId BIGINT UNSIGNED NOT NULL,
    ADD CONSTRAINT sessions_user_fkey FOREIGN KEY (userId) REFERENCES users (id) ON DELETE CASCADE;
CREATE INDEX sessions_expires_idx ON sessions (expires);
