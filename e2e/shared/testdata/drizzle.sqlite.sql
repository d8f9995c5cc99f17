-- The tables that @auth/drizzle-adapter makes by itself, as drizzle-kit 0.31 writes
-- them. Times are milliseconds.

CREATE TABLE `user` (
    `id`            text PRIMARY KEY NOT NULL,
    `name`          text,
    `email`         text,
    `emailVerified` integer,
    `image`         text
);

CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);

CREATE TABLE `account` (
    `userId`            text NOT NULL,
    `type`              text NOT NULL,
    `provider`          text NOT NULL,
    `providerAccountId` text NOT NULL,
    `refresh_token`     text,
    `access_token`      text,
    `expires_at`        integer,
    `token_type`        text,
    `scope`             text,
    `id_token`          text,
    `session_state`     text,
    PRIMARY KEY (`provider`, `providerAccountId`),
    FOREIGN KEY (`userId`) REFERENCES `user` (`id`) ON UPDATE no action ON DELETE cascade
);

CREATE TABLE `session` (
    `sessionToken` text PRIMARY KEY NOT NULL,
    `userId`       text NOT NULL,
    `expires`      integer NOT NULL,
    FOREIGN KEY (`userId`) REFERENCES `user` (`id`) ON UPDATE no action ON DELETE cascade
);

CREATE TABLE `verificationToken` (
    `identifier` text NOT NULL,
    `token`      text NOT NULL,
    `expires`    integer NOT NULL,
    PRIMARY KEY (`identifier`, `token`)
);
