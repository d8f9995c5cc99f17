package demo

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatehouse-auth/gatehouse/mail"
)

// maxMails is how many mails the inbox keeps.
const maxMails = 50

// inbox keeps mails instead of sending them. It is the mail.Transport of the
// demo.
type inbox struct {
	mu    sync.Mutex
	mails []letter // newest first
}

// letter is a mail in the inbox.
type letter struct {
	mail.Message
	Received time.Time
}

var _ mail.Transport = (*inbox)(nil)

// Send puts a mail into the inbox.
func (i *inbox) Send(_ context.Context, m mail.Message) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.mails = slices.Insert(i.mails, 0, letter{m, time.Now()})
	i.mails = i.mails[:min(len(i.mails), maxMails)]
	return nil
}

// all returns the mails, newest first.
func (i *inbox) all() []letter {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.mails)
}

// Line is a line of a mail's text; Link says that it is the address of a page.
type Line struct {
	Text string
	Link bool
}

// Lines are the lines of the mail's text.
func (l letter) Lines() []Line {
	var lines []Line
	for text := range strings.Lines(l.Text) {
		text = strings.TrimSuffix(text, "\n")
		isLink := strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
		lines = append(lines, Line{text, isLink})
	}
	return lines
}

// inboxPage shows the mails.
func (s *site) inboxPage(w http.ResponseWriter, _ *http.Request) {
	s.pages.write(w, http.StatusOK, "inbox.html", "Inbox", s.inbox.all())
}
