package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// readyTimeout is how long a store may take.
const readyTimeout = time.Second

// readiness answers whether all stores do. Requests at the same time share one
// question, so that they cannot use up the connections.
type readiness struct {
	stores []*watchedStore
	log    *slog.Logger

	questions singleflight.Group
}

// watchedStore is a store and whether it failed the last time.
type watchedStore struct {
	Store
	failed bool
}

func newReadiness(stores []Store, log *slog.Logger) *readiness {
	r := &readiness{log: log}
	for _, s := range stores {
		r.stores = append(r.stores, &watchedStore{Store: s})
	}
	return r
}

func (r *readiness) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	_, err, _ := r.questions.Do("", r.ask)
	if err != nil {
		tell(w, http.StatusServiceUnavailable, "a database does not answer\n")
		return
	}
	tell(w, http.StatusOK, "ready\n")
}

// ask asks all stores at the same time. No visitor who goes away ends it for the
// others.
func (r *readiness) ask() (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	errs := make([]error, len(r.stores))
	var all sync.WaitGroup
	for i, s := range r.stores {
		all.Go(func() {
			errs[i] = s.Ping(ctx)
			s.note(errs[i], r.log)
		})
	}
	all.Wait()
	return nil, errors.Join(errs...)
}

// note logs when the store stops or begins to answer.
func (s *watchedStore) note(err error, log *slog.Logger) {
	if (err != nil) == s.failed {
		return
	}
	s.failed = err != nil
	if s.failed {
		log.Error("a database does not answer", "code", "DATABASE_DOWN", "database", s.String(), "error", err)
		return
	}
	log.Info("a database answers again", "code", "DATABASE_UP", "database", s.String())
}

// tell writes a short answer that nobody may keep.
func tell(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // whoever asked may be gone
}
