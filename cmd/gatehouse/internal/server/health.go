package server

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
)

// readyTimeout is how long the database may take.
const readyTimeout = time.Second

// readiness answers whether the database does. Requests at the same time share
// one question, so that they cannot use up its connections.
type readiness struct {
	database *database.Database
	log      *slog.Logger

	questions singleflight.Group
	mu        sync.Mutex
	failed    bool // the last time
}

func (r *readiness) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if r.database == nil {
		tell(w, http.StatusOK, "ready\n")
		return
	}
	_, err, _ := r.questions.Do("", r.ask)
	if err != nil {
		tell(w, http.StatusServiceUnavailable, "the database does not answer\n")
		return
	}
	tell(w, http.StatusOK, "ready\n")
}

// ask asks the database. No visitor who goes away ends it for the others.
func (r *readiness) ask() (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	err := r.database.Ping(ctx)
	r.note(err)
	return nil, err
}

// note logs when the database stops or begins to answer.
func (r *readiness) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if (err != nil) == r.failed {
		return
	}
	r.failed = err != nil
	if r.failed {
		r.log.Error("the database does not answer", "code", "DATABASE_DOWN", "database", r.database.String(), "error", err)
		return
	}
	r.log.Info("the database answers again", "code", "DATABASE_UP", "database", r.database.String())
}

// tell writes a short answer that nobody may keep.
func tell(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // whoever asked may be gone
}
