// Package redisdb keeps users, accounts, sessions and mailed links in Redis, or
// sessions alone. It works on the application's own client of
// github.com/redis/go-redis/v9 and on one server, Sentinel or a cluster. It is a
// module of its own, so that the client reaches only those who use it. Redis 7.0 or
// later is needed.
//
// [New] keeps everything. A sign-in is one script, which Redis runs as a whole or
// not at all, and reading a session with its user is one round trip. For that all
// keys have the same hash tag: on a cluster the whole adapter lives on one shard,
// whatever the number of servers. A store that outgrows one shard keeps its users in
// a database and its sessions here: [NewSessions] spreads sessions over all servers
// of a cluster, and package adapters/tiered brings the two together.
//
// # Client
//
//	client := redis.NewUniversalClient(&redis.UniversalOptions{
//		Addrs:                 []string{"redis:6379"}, // MasterName: "main" for Sentinel, several Addrs for a cluster
//		Username:              "gatehouse",
//		Password:              os.Getenv("REDIS_PASSWORD"),
//		TLSConfig:             &tls.Config{MinVersion: tls.VersionTLS12},
//		ContextTimeoutEnabled: true,
//		DialTimeout:           time.Second,
//		ReadTimeout:           time.Second,
//	})
//
// ContextTimeoutEnabled has to be set: a call ends after five seconds, or sooner
// with its context, only if the client looks at the context. [New] refuses a client
// without it, and a redis.Ring, which looks for keys on other servers when one
// fails. A ReadTimeout well below five seconds leaves time to try again. MaxRetries
// and MaxRedirects are best left at 3. DisableIdentity need not be set: the mixed-up
// replies of CVE-2025-29923 are mended in the version that this module requires, and
// every reply carries the id of its call, which is compared. Reads always go to a
// master, also with ReadOnly or RouteByLatency.
//
// go-redis tries a call again when a connection breaks, a reply does not come in
// time, or the server says LOADING, READONLY, CLUSTERDOWN, TRYAGAIN or MOVED. A
// write that was done although its reply got lost is recognised by the mark it has
// left, which lives for a minute: the repetition changes nothing and returns what
// the first one returned. When all five seconds bring no reply the caller gets an
// error that is neither auth.ErrNotFound nor auth.ErrConflict, and the write may
// have been done or may still be: then there is a session whose token nobody has, or
// a link that is used up, and the visitor signs in again.
//
// # Server
//
// [Check] says whether these are set.
//
//   - maxmemory-policy noeviction, which is the default. Every other policy lets
//     users, accounts and sessions vanish when memory runs out. With noeviction
//     sign-ins then fail as a whole, while sessions are read and ended.
//   - appendonly yes, with appendfsync everysec (at most two seconds are lost when
//     the machine fails) or always (nothing is). Without a log on disk a restart
//     loses every user.
//   - min-replicas-to-write 1 and min-replicas-max-lag 10, where there are replicas.
//
// The account of the adapter needs the keys {gatehouse}:* for New and gatehouse:*
// for NewSessions, with the Prefix in place of gatehouse, and these rights:
//
//	ACL SETUSER gatehouse on >secret ~{gatehouse}:* ~gatehouse:* -@all +evalsha +eval
//	  +del +exists +get +hdel +hexists +hget +hmget +hset +pexpire +pexpireat +rename
//	  +set +time +zadd +zcard +zrange +zrangebylex +zrangebyscore +zrem
//	  +zremrangebyscore +zrevrange
//
// On a cluster +cluster|slots +cluster|shards +command are needed as well, and
// +info +config|get for Check.
//
// # Fail-over
//
// A replica receives what the master has answered already. When a master fails and
// a replica takes its place, what was written in the last moments is forgotten: a
// sign-in that succeeded did not happen, a session that was ended or a revoked
// token is valid again, and a mailed link that was used can be used once more, until
// it expires. This is usually a fraction of a second. A master that is cut off from
// its replicas goes on taking writes that are lost later; min-replicas-to-write with
// min-replicas-max-lag bounds that to the lag. The adapter does not call WAIT, which
// would not undo a write that no replica has received. Where none of this is
// acceptable users and links belong in an SQL database.
//
// # Moving slots
//
// While a cluster moves the slot of an adapter to another server, some of its keys
// are here and some there. Calls that need several keys then fail, which the
// visitor sees as a short outage, and so may reading a session; nothing is half
// written, and nobody is taken for signed out. NewSessions has this for the
// sessions of the slot that is on its way.
//
// # Keys
//
// Every part of a key that comes from elsewhere is escaped: letters and digits of
// ASCII and - . _ ~ @ + stay, other bytes are written as % and two hexadecimal
// digits. No token, id or address can leave its place in a key or choose a slot.
//
// A session or a mailed link stays for a day after its end, so that a caller sees
// that it has expired, and a revocation until its end. Indexes drop what has expired
// when they are written to, and expire with their last entry. Users and accounts
// stay. Times are whole microseconds since 1970; what is smaller is dropped. Extra
// is stored as JSON, and numbers inside come back as json.Number. Ids of users are
// 128 random bits in hexadecimal.
package redisdb
