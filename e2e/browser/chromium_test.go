package browser_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// patience bounds every wait.
const patience = 15 * time.Second

// chromium is a running browser.
type chromium struct {
	ctx context.Context
}

// startChromium starts a headless browser with a fresh profile; it ends with the
// test.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(need.Chromium(t)),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.IgnoreCertErrors, // the servers of these tests sign their own
		chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(640, 600),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return &chromium{ctx}
}

// visitor opens a tab for somebody with no cookies yet.
func (c *chromium) visitor(t *testing.T) *tab {
	t.Helper()
	return newTab(c.ctx, t, chromedp.WithNewBrowserContext())
}

// tab is a tab of a visitor's browser. What goes wrong in it (exceptions, console
// errors, violations of a content security policy, failed requests) fails the
// test, unless it was announced with expect.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	expected []string
	problems []problem
}

// problem is something that the browser complained about.
type problem struct{ url, text string }

func newTab(parent context.Context, t *testing.T, options ...chromedp.ContextOption) *tab {
	t.Helper()
	b := &tab{t: t}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(b.listen))...)
	b.ctx = ctx
	t.Cleanup(func() {
		cancel()
		b.report()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("no new tab: %v", err)
	}
	return b
}

// another opens a second tab of the same visitor.
func (b *tab) another() *tab {
	b.t.Helper()
	return newTab(b.ctx, b.t)
}

// expect announces a response of this status for the addresses that contain
// part, which the browser is going to complain about.
func (b *tab) expect(status int, part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = append(b.expected, fmt.Sprintf("%d %s", status, part))
}

// listen notes what goes wrong.
func (b *tab) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.note(problem{e.ExceptionDetails.URL, "exception: " + e.ExceptionDetails.Text})
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			text := make([]string, len(e.Args))
			for i, arg := range e.Args {
				text[i] = string(arg.Value) + arg.Description
			}
			b.note(problem{"", "console: " + strings.Join(text, " ")})
		}
	case *log.EventEntryAdded:
		// Failed responses are noted below, with their status.
		if e.Entry.Level != log.EntryLevelVerbose && e.Entry.Source != log.EntrySourceNetwork {
			b.note(problem{e.Entry.URL, "log: " + e.Entry.Text})
		}
	case *network.EventLoadingFailed:
		// A request that a navigation cuts short is no failure.
		if e.BlockedReason != "" || !e.Canceled {
			b.note(problem{"", "request failed: " + e.ErrorText})
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			b.note(problem{e.Response.URL, fmt.Sprint("response: ", e.Response.Status)})
		}
	}
}

func (b *tab) note(p problem) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, p)
}

// report fails the test for problems that were not expected, and for expected
// ones that did not happen.
func (b *tab) report() {
	b.mu.Lock()
	defer b.mu.Unlock()
	happened := make([]bool, len(b.expected))
	for _, p := range b.problems {
		i := slices.IndexFunc(b.expected, func(e string) bool {
			status, part, _ := strings.Cut(e, " ")
			return p.text == "response: "+status && strings.Contains(p.url, part)
		})
		if i < 0 {
			b.t.Errorf("the browser complains: %s (%s)", p.text, p.url)
			continue
		}
		happened[i] = true
	}
	for i, e := range b.expected {
		if !happened[i] {
			b.t.Errorf("the browser never got %s", e)
		}
	}
}

// do runs steps that have to succeed.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.describe())
	}
}

// open goes to an address and waits until it is loaded.
func (b *tab) open(address string) {
	b.t.Helper()
	b.do("open "+withoutQuery(address), chromedp.Navigate(address))
}

// click clicks an element with the mouse.
func (b *tab) click(css string) {
	b.t.Helper()
	b.do("click "+css, chromedp.Click(chromedp.CSS(css)))
}

// fill types a text into an input.
func (b *tab) fill(css, text string) {
	b.t.Helper()
	b.do("fill "+css, chromedp.SendKeys(chromedp.CSS(css), text))
}

// press presses keys, whatever has the focus.
func (b *tab) press(keys string) {
	b.t.Helper()
	b.do("press keys", chromedp.KeyEvent(keys))
}

// wait waits until a JavaScript condition holds, over any number of page loads.
func (b *tab) wait(condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	wait := chromedp.Evaluate[bool](`new Promise((done) => {
		const check = () => (`+condition+`) ? done(true) : setTimeout(check, 10);
		check();
	})`, chromedp.EvalAwaitPromise)
	for {
		held, err := chromedp.Run(ctx, wait)
		if held && err == nil {
			return
		}
		if ctx.Err() != nil { // otherwise the page changed while waiting
			b.t.Fatalf("never happened: %s (last: %v)\n%s", condition, err, b.describe())
		}
	}
}

// at waits until a page is loaded whose path is this one.
func (b *tab) at(origin, path string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.readyState === "complete" && location.origin === %q && location.pathname === %q`, origin, path))
}

// shows waits until an element is on the page and its text contains this one.
func (b *tab) shows(css, text string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.querySelector(%q)?.textContent.includes(%q)`, css, text))
}

// run evaluates a JavaScript expression without waiting for what it promises.
func (b *tab) run(expression string) {
	b.t.Helper()
	b.do(expression, chromedp.Evaluate[chromedp.Void](expression))
}

// evaluate returns the value of a JavaScript expression, which may be a promise.
func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", expression, err, b.describe())
	}
	return value
}

// parameter is a query parameter of the tab's address.
func (b *tab) parameter(name string) string {
	b.t.Helper()
	u, err := url.Parse(evaluate[string](b, "location.href"))
	if err != nil {
		b.t.Fatal(err)
	}
	return u.Query().Get(name)
}

// describe says what the tab shows, for a failure.
func (b *tab) describe() string {
	ctx, cancel := context.WithTimeout(b.ctx, time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		text = err.Error()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("the tab shows: %s\nproblems: %v", text, b.problems)
}

func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}
