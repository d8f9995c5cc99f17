package faults_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/faults/internal/site"
)

// newSite serves the site within the test and returns its address.
func newSite(t *testing.T, w *world, a auth.Adapter) string {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	var err error
	handler, err = auth.New(site.Config(site.Options{
		URL: server.URL, ProviderURL: w.providerURL, OutboxURL: w.outboxURL, Adapter: a,
		Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}))
	if err != nil {
		t.Fatal(err)
	}
	return server.URL
}

// atOnce calls f n times at once.
func atOnce(n int, f func(i int)) {
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-begin
			f(i)
		})
	}
	close(begin)
	all.Wait()
}
