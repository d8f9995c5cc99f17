package examples_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/chromium"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// startCustomPages starts examples/custom-pages.
func startCustomPages(t *testing.T, env ...string) *application {
	t.Helper()
	server := startGo(t, "./custom-pages", env...)
	return &application{
		url: server.wrote(t, `Open (http://\S+)\n`), server: server,
		signIn: "/signin", signOut: "/signout", checkMail: "/check-mail", failure: "/error", newUser: "/welcome",
	}
}

func TestCustomPages(t *testing.T) {
	t.Parallel()
	browser := chromium.Start(t)
	walk(t, browser, startCustomPages(t))
}

// The example works with another provider than its own, and says so when that
// one refuses.
func TestCustomPagesOfOtherProvider(t *testing.T) {
	t.Parallel()
	browser := chromium.Start(t)
	op := fakeop.New(fakeop.Config{})
	issuer := httptest.NewServer(op)
	t.Cleanup(issuer.Close)
	client := fakeop.DefaultClient()
	app := startCustomPages(t, "OIDC_ISSUER="+issuer.URL, "OIDC_CLIENT_ID="+client.ID, "OIDC_CLIENT_SECRET="+client.Secret)

	b := browser.Visitor(t)
	op.Script(func(b *fakeop.Behavior) { b.Authorize.Error = "access_denied" })
	app.open(b, app.signIn+"?callbackUrl=/private")
	b.Click(openIDForm + " button")
	b.Shows("[role=alert]", "That did not work")
	app.at(b, app.signIn)

	op.ResetScript()
	b.Click(openIDForm + " button")
	app.at(b, app.newUser)
	b.Click("main a")
	app.at(b, "/private")
	b.Shows("main", "Ida Provider")
}
