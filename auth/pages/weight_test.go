package pages_test

import (
	"bytes"
	"compress/gzip"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// fiveProviders is a sign-in page as an application has it: five providers with
// their marks, and a language menu.
func fiveProviders(t testing.TB) (*pages.Renderer, pages.SignIn) {
	t.Helper()
	o := pages.Options{Languages: languages(t)}
	v := pages.SignIn{Site: site, CSRFToken: csrf, CallbackURL: "https://app.test/dashboard?a=1&b=2", LastProviderID: "google"}
	v.Site.Query = []pages.HiddenField{{Name: "callbackUrl", Value: v.CallbackURL}}
	for _, p := range []auth.OAuthProvider{
		providers.GitHub("id", "secret"), providers.Google("id", "secret"), providers.Apple("id", "secret"),
		providers.Kakao("id", "secret"), providers.LINE("id", "secret"),
	} {
		if p.Style.Icon == "" {
			t.Fatalf("%s has no mark", p.Name)
		}
		o.Buttons = append(o.Buttons, pages.Button{ProviderID: p.ID, Icon: p.Style.Icon, Color: p.Style.Color, Background: p.Style.Background, Text: p.Style.Text})
		v.Providers = append(v.Providers, pages.Provider{ID: p.ID, Name: p.Name, SignInURL: site.BaseURL + "/signin/" + p.ID})
	}
	return newRenderer(t, o), v
}

func gzipped(t *testing.T, data []byte) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// TestWeight checks what a visitor waits for: the sign-in page and its style
// sheet, in every language.
func TestWeight(t *testing.T) {
	const limit = 12 << 10
	r, v := fiveProviders(t)
	_, style := asset(t, r, "style")
	styleWeight, heaviest := gzipped(t, style.Content), 0
	for _, one := range languages(t).Offered() {
		v.Site.Language = one
		weight := gzipped(t, must(t)(r.SignIn(v)))
		heaviest = max(heaviest, weight)
		if weight+styleWeight >= limit {
			t.Errorf("%s: the page and its style sheet have %d + %d bytes, want less than %d", one.Tag(), weight, styleWeight, limit)
		}
	}
	t.Logf("page at most %d bytes, style sheet %d", heaviest, styleWeight)
}

// Rendering the sign-in page with five providers takes at most 150 allocations.
func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates as well")
	}
	r, v := fiveProviders(t)
	if n := testing.AllocsPerRun(100, func() { must(t)(r.SignIn(v)) }); n > 150 {
		t.Errorf("the page takes %v allocations, more than 150", n)
	}
}

func BenchmarkSignIn(b *testing.B) {
	r, v := fiveProviders(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.SignIn(v); err != nil {
			b.Fatal(err)
		}
	}
}
