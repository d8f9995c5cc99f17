package graceful_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/graceful"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// visit sends a request and returns what came of it.
func visit(address string) (body string, err error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + address)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// A request that is under way when the servers end gets its answer, and nobody
// else does.
func TestRequestUnderWay(t *testing.T) {
	for _, row := range []struct {
		name    string
		grace   time.Duration
		release bool // before the grace ends
		want    bool // an answer
	}{
		{"finishes", time.Minute, true, true},
		{"does not finish in time", time.Millisecond, false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			begun, release := make(chan struct{}), make(chan struct{})
			defer func() {
				if !row.release {
					close(release)
				}
			}()
			slow, other := listen(t), listen(t)
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				close(begun)
				<-release
				w.Write([]byte("answer"))
			})
			ctx, end := context.WithCancel(t.Context())
			defer end()
			done := make(chan error, 1)
			go func() {
				done <- graceful.Serve(ctx, row.grace,
					graceful.Server{Listener: other, HTTP: &http.Server{}}, graceful.Server{Listener: slow, HTTP: &http.Server{Handler: h}})
			}()
			type result struct {
				body string
				err  error
			}
			answer := make(chan result, 1)
			go func() {
				body, err := visit(slow.Addr().String())
				answer <- result{body, err}
			}()
			<-begun
			end()
			// It ends when neither takes connections any more.
			for _, l := range []net.Listener{slow, other} {
				for {
					conn, err := net.Dial("tcp", l.Addr().String())
					if err != nil {
						break
					}
					conn.Close()
				}
			}
			if row.release {
				close(release)
			}
			if got := <-answer; (got.body == "answer" && got.err == nil) != row.want {
				t.Errorf("the visitor got %q, %v", got.body, got.err)
			}
			if err := <-done; err != nil {
				t.Errorf("Serve: %v", err)
			}
		})
	}
}

// When one server fails, all end.
func TestFailure(t *testing.T) {
	broken, other := listen(t), listen(t)
	broken.Close()
	err := graceful.Serve(t.Context(), time.Minute,
		graceful.Server{Listener: other, HTTP: &http.Server{}}, graceful.Server{Listener: broken, HTTP: &http.Server{}})
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve: %v, want %v", err, net.ErrClosed)
	}
	if _, err := visit(other.Addr().String()); err == nil {
		t.Error("the other server goes on")
	}
}
