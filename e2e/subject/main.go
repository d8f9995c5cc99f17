// Command subject serves a scenario of the differential rig with the library, in
// strict v4 mode, so that the same requests can be played on it and on the real
// NextAuth.js:
//
//	subject --config scenario.json --port 4502
//
// Without --config it waits for POST /__scenario. The control endpoints below
// /__ let the rig reset, seed and inspect the server; they are no part of what
// is compared.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

func main() {
	config := flag.String("config", "", "scenario file to serve")
	port := flag.Int("port", 4502, "port to listen on, at 127.0.0.1")
	idp := flag.String("idp", os.Getenv("IDP_URL"), "address that ${IDP} stands for in a scenario")
	flag.Parse()
	if err := run(*config, *port, *idp); err != nil {
		log.Fatal(err)
	}
}

func run(config string, port int, idp string) error {
	s := &server{idp: idp}
	if config != "" {
		content, err := os.ReadFile(config)
		if err != nil {
			return err
		}
		if err := s.load(content); err != nil {
			return err
		}
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	return (&http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}).Serve(listener)
}

// server serves one scenario at a time.
type server struct {
	idp string

	mu      sync.RWMutex
	subject *subject
}

// load switches to a scenario.
func (s *server) load(content []byte) error {
	if s.idp != "" {
		content = []byte(strings.ReplaceAll(string(content), "${IDP}", s.idp))
	}
	var sc scenario
	if err := json.Unmarshal(content, &sc); err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	loaded, err := newSubject(sc)
	if err != nil {
		return fmt.Errorf("scenario %s: %w", sc.Name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subject = loaded
	return nil
}

func (s *server) current() *subject {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.subject
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET /__health":
		writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
		return
	case "POST /__scenario":
		content, err := io.ReadAll(r.Body)
		if err == nil {
			err = s.load(content)
		}
		answer(w, err)
		return
	}
	subject := s.current()
	switch {
	case subject == nil:
		writeJSON(w, http.StatusConflict, map[string]string{"error": "no scenario loaded"})
	case strings.HasPrefix(r.URL.Path, "/__"):
		subject.control(w, r)
	default:
		subject.handler.ServeHTTP(w, r)
	}
}

// control answers the endpoints that inspect and change a subject.
func (s *subject) control(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "POST /__reset":
		answer(w, s.reset())
	case "POST /__seed":
		var seed seed
		err := json.NewDecoder(r.Body).Decode(&seed)
		if err == nil {
			err = s.seed(seed)
		}
		answer(w, err)
	case "GET /__outbox":
		writeJSON(w, http.StatusOK, s.outbox.all())
	case "GET /__events":
		writeJSON(w, http.StatusOK, s.events.all())
	case "GET /__logs":
		writeJSON(w, http.StatusOK, s.logs.all())
	case "GET /__db":
		writeJSON(w, http.StatusOK, s.dump())
	default:
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "unknown control endpoint"})
	}
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// list is a growing list that several requests write.
type list[T any] struct {
	mu    sync.Mutex
	items []T
}

func (l *list[T]) add(item T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = append(l.items, item)
}

func (l *list[T]) all() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]T{}, l.items...)
}

func (l *list[T]) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = nil
}
