// Package chromium drives a headless Chromium for tests. Whatever goes wrong in a
// tab, such as an exception, an error on the console, a violation of a content
// security policy or a failed request, fails the test unless it was announced.
package chromium

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// Patience bounds every wait.
const Patience = 15 * time.Second

// Browser is a running browser.
type Browser struct {
	ctx context.Context
}

// Start starts a headless browser with a fresh profile; it ends with the
// test.
func Start(t *testing.T) *Browser {
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
	return &Browser{ctx}
}

// Visitor opens a tab for somebody with no cookies yet.
func (c *Browser) Visitor(t *testing.T) *Tab {
	t.Helper()
	return newTab(c.ctx, t, chromedp.WithNewBrowserContext())
}

// Tab is a tab of a visitor's browser. What goes wrong in it (exceptions, console
// errors, violations of a content security policy, failed requests) fails the
// test, unless it was announced with expect.
type Tab struct {
	// T is the test that fails; a part of a test may take its place.
	T *testing.T
	// Context is for commands of the DevTools protocol.
	Context context.Context

	mu       sync.Mutex
	expected []string
	problems []problem
	requests []string
}

// problem is something that the browser complained about.
type problem struct{ url, text string }

func newTab(parent context.Context, t *testing.T, options ...chromedp.ContextOption) *Tab {
	t.Helper()
	b := &Tab{T: t}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(b.listen))...)
	b.Context = ctx
	t.Cleanup(func() {
		cancel()
		b.report()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("no new tab: %v", err)
	}
	return b
}

// Another opens a second tab of the same visitor.
func (b *Tab) Another() *Tab {
	b.T.Helper()
	return newTab(b.Context, b.T)
}

// Expect announces a response of this status for the addresses that contain
// part, which the browser is going to complain about.
func (b *Tab) Expect(status int, part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = append(b.expected, fmt.Sprintf("%d %s", status, part))
}

// listen notes what goes wrong.
func (b *Tab) listen(event any) {
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
	case *network.EventRequestWillBeSent:
		b.mu.Lock()
		defer b.mu.Unlock()
		b.requests = append(b.requests, e.Request.URL)
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			b.note(problem{e.Response.URL, fmt.Sprint("response: ", e.Response.Status)})
		}
	}
}

func (b *Tab) note(p problem) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, p)
}

// report fails the test for problems that were not expected, and for expected
// ones that did not happen.
func (b *Tab) report() {
	b.mu.Lock()
	defer b.mu.Unlock()
	happened := make([]bool, len(b.expected))
	for _, p := range b.problems {
		i := slices.IndexFunc(b.expected, func(e string) bool {
			status, part, _ := strings.Cut(e, " ")
			return p.text == "response: "+status && strings.Contains(p.url, part)
		})
		if i < 0 {
			b.T.Errorf("the browser complains: %s (%s)", p.text, p.url)
			continue
		}
		happened[i] = true
	}
	for i, e := range b.expected {
		if !happened[i] {
			b.T.Errorf("the browser never got %s", e)
		}
	}
}

// do runs steps that have to succeed.
func (b *Tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Context, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.T.Fatalf("%s: %v\n%s", what, err, b.describe())
	}
}

// Open goes to an address and waits until it is loaded.
func (b *Tab) Open(address string) {
	b.T.Helper()
	b.do("open "+withoutQuery(address), chromedp.Navigate(address))
}

// Click clicks an element with the mouse.
func (b *Tab) Click(css string) {
	b.T.Helper()
	b.do("click "+css, chromedp.Click(chromedp.CSS(css)))
}

// Fill types a text into an input.
func (b *Tab) Fill(css, text string) {
	b.T.Helper()
	b.do("fill "+css, chromedp.SendKeys(chromedp.CSS(css), text))
}

// Press presses keys, whatever has the focus.
func (b *Tab) Press(keys string) {
	b.T.Helper()
	b.do("press keys", chromedp.KeyEvent(keys))
}

// Wait waits until a JavaScript condition holds, over any number of page loads. It
// asks again and again from outside: a page without scripts has no timers.
func (b *Tab) Wait(condition string) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Context, Patience)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		held, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`Boolean(`+condition+`)`))
		if held && err == nil {
			return
		}
		select {
		case <-again.C: // an error means that the page is changing
		case <-ctx.Done():
			b.T.Fatalf("never happened: %s (last: %v)\n%s", condition, err, b.describe())
		}
	}
}

// At waits until a page is loaded whose path is this one.
func (b *Tab) At(origin, path string) {
	b.T.Helper()
	b.Wait(fmt.Sprintf(`document.readyState === "complete" && location.origin === %q && location.pathname === %q`, origin, path))
}

// Shows waits until an element is on the page and its text contains this one.
func (b *Tab) Shows(css, text string) {
	b.T.Helper()
	b.Wait(fmt.Sprintf(`document.querySelector(%q)?.textContent.includes(%q)`, css, text))
}

// Run evaluates a JavaScript expression without waiting for what it promises.
func (b *Tab) Run(expression string) {
	b.T.Helper()
	b.do(expression, chromedp.Evaluate[chromedp.Void](expression))
}

// Evaluate returns the value of a JavaScript expression, which may be a promise.
func Evaluate[T any](b *Tab, expression string) T {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Context, Patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatalf("%s: %v\n%s", expression, err, b.describe())
	}
	return value
}

// Screenshot is a picture (PNG) of what the tab shows.
func (b *Tab) Screenshot() []byte {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Context, Patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.T.Fatal(err)
	}
	return picture
}

// Requests returns the addresses that the tab has asked for since the last call.
func (b *Tab) Requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	requests := b.requests
	b.requests = nil
	return requests
}

// Resize makes the visible part of the page as large as this, in CSS pixels.
func (b *Tab) Resize(width, height int64) {
	b.T.Helper()
	b.call(chromedp.Call(b.Context, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1,
	}))
}

// Prefer sets media features of the visitor's system, such as
// "prefers-color-scheme", by name.
func (b *Tab) Prefer(features map[string]string) {
	b.T.Helper()
	var p emulation.SetEmulatedMediaParams
	for name, value := range features {
		p.Features = append(p.Features, &emulation.MediaFeature{Name: name, Value: value})
	}
	b.call(chromedp.Call(b.Context, emulation.SetEmulatedMedia, p))
}

// DisableScripts keeps the scripts of pages from running. Those of the test run
// all the same.
func (b *Tab) DisableScripts() {
	b.T.Helper()
	b.call(chromedp.Call(b.Context, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
}

func (b *Tab) call(_ any, err error) {
	b.T.Helper()
	if err != nil {
		b.T.Fatal(err)
	}
}

// Parameter is a query parameter of the tab's address.
func (b *Tab) Parameter(name string) string {
	b.T.Helper()
	u, err := url.Parse(Evaluate[string](b, "location.href"))
	if err != nil {
		b.T.Fatal(err)
	}
	return u.Query().Get(name)
}

// describe says what the tab shows, for a failure.
func (b *Tab) describe() string {
	ctx, cancel := context.WithTimeout(b.Context, time.Second)
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
