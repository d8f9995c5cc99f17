package database

import "github.com/gatehouse-auth/gatehouse/adapters/sqldb"

// TableNames are the names that [Tables] knows.
func TableNames() []string { return []string{"auth-pg", "drizzle", "prisma"} }

// Tables returns the tables of one of the usual adapters of NextAuth.js by its
// name, and false when there is none of this name.
func Tables(name string) (sqldb.Tables, bool) {
	switch name {
	case "auth-pg":
		return sqldb.AuthPG, true
	case "drizzle":
		return sqldb.Drizzle, true
	case "prisma":
		return sqldb.Prisma, true
	}
	return sqldb.Tables{}, false
}
