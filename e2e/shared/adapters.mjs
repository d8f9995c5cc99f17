// The real adapters of Auth.js, each on a real database.

import { createRequire } from "node:module"
import { DrizzleAdapter } from "@auth/drizzle-adapter"
import PostgresAdapter from "@auth/pg-adapter"
import { PrismaAdapter } from "@auth/prisma-adapter"
import { PrismaMariaDb } from "@prisma/adapter-mariadb"
import { PrismaPg } from "@prisma/adapter-pg"
import { drizzle as drizzleMySQL } from "drizzle-orm/mysql2"
import { drizzle as drizzlePostgreSQL } from "drizzle-orm/node-postgres"
import mysql from "mysql2"
import pg from "pg"

const require = createRequire(import.meta.url)

/** A client that prisma_test.go had Prisma generate. */
function prisma({ client }, adapter) {
  const { PrismaClient } = require(`./node_modules/.gatehouse/${client}`)
  return PrismaAdapter(new PrismaClient({ adapter }))
}

/** A pool whose sessions have a time zone, as the library's have it. */
function mysqlPool({ url, timeZone }) {
  const pool = mysql.createPool(url)
  if (timeZone) pool.on("connection", (connection) => connection.query(`SET time_zone = '${timeZone}'`))
  return pool
}

function mariadbOptions({ url }) {
  const { hostname, port, username, password, pathname } = new URL(url)
  return { host: hostname, port: Number(port || 3306), user: username, password, database: pathname.slice(1) }
}

const kinds = {
  pg: ({ url }) => PostgresAdapter(new pg.Pool({ connectionString: url })),
  drizzlePostgreSQL: ({ url }) => DrizzleAdapter(drizzlePostgreSQL(new pg.Pool({ connectionString: url }))),
  drizzleMySQL: (database) => DrizzleAdapter(drizzleMySQL(mysqlPool(database))),
  prismaPostgreSQL: (database) => prisma(database, new PrismaPg({ connectionString: database.url })),
  prismaMySQL: (database) => prisma(database, new PrismaMariaDb(mariadbOptions(database))),
}

export const makeAdapter = (database) => kinds[database.kind](database)
