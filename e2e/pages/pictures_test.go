package pages_test

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/chromium"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/program"
	"github.com/gatehouse-auth/gatehouse/internal/story"
)

var update = flag.Bool("update", false, "write the pictures of docs/pages anew")

// pictures are those of docs/pages.md.
var pictures = []struct {
	name string
	path string // at gatehouse pages
	size [2]int64
}{
	{"signin", "/page/signin?lang=en&scheme=light", [2]int64{560, 980}},
	{"signin-dark", "/page/signin?lang=en&scheme=dark", [2]int64{560, 980}},
	{"signin-phone-korean", "/page/signin?lang=ko&scheme=dark", [2]int64{360, 960}},
	{"signin-phone-arabic", "/page/signin-error-CredentialsSignin?lang=ar&scheme=light", [2]int64{360, 1180}},
	{"signin-options", "/page/signin-password?lang=en&scheme=light&brand=%230a7d4f&logo=1", [2]int64{460, 560}},
	{"signout", "/page/signout?lang=en&scheme=light", [2]int64{460, 420}},
	{"signedout", "/page/signedout?lang=en&scheme=light", [2]int64{460, 420}},
	{"verify-request", "/page/verify-request?lang=en&scheme=light", [2]int64{460, 620}},
	{"confirm-link", "/page/confirm-link?lang=en&scheme=light", [2]int64{460, 480}},
	{"error", "/page/error-AccessDenied?lang=en&scheme=light", [2]int64{460, 420}},
	{"mail", "/mail/signin?lang=en&format=html&scheme=light", [2]int64{460, 520}},
	{"mail-korean-dark", "/mail/signin?lang=ko&format=html&scheme=dark", [2]int64{460, 520}},
}

// themes are the levels of customising that docs/pages.md shows.
var themes = map[string]pages.Theme{
	"theme-properties": {
		BrandColor: "#7a2e8e", Properties: map[string]string{"--radius": "0", "--font": "Georgia, \"DejaVu Serif\", serif", "--page": "#efe9f2", "--shadow": "none"},
	},
	"theme-stylesheet": {StyleSheet: `main { border-top: 0.5rem solid var(--brand); } h1 { text-align: start; }`},
	"theme-template": {Templates: fstest.MapFS{"signin.html": {Data: []byte(
		`{{define "heading"}}<h1>Welcome back</h1><p>Sign in with your account of Example Ltd.</p>{{end}}`)}}},
}

// Every page looks as in the documentation. With the flag -update it decides what
// the documentation shows.
func TestPictures(t *testing.T) {
	t.Parallel()
	need.Fonts(t)
	server := program.Gatehouse(t, "pages", "--port", "0") // ends after the browser
	themed := map[string]string{}
	for name, theme := range themes {
		themed[name] = serveTheme(t, theme)
	}
	b := chromium.Start(t).Visitor(t)
	for _, p := range pictures {
		t.Run(p.name, func(t *testing.T) {
			b.T = t
			b.Resize(p.size[0], p.size[1])
			b.Open(server + p.path)
			comparePicture(t, b, p.name)
		})
	}
	for name, address := range themed {
		t.Run(name, func(t *testing.T) {
			b.T = t
			b.Resize(460, 560)
			b.Open(address + "/signin-password")
			comparePicture(t, b, name)
		})
	}
	b.T = t
}

// serveTheme serves the pages in a theme, each at its name.
func serveTheme(t *testing.T, theme pages.Theme) (address string) {
	t.Helper()
	theme.ColorScheme = "light"
	o, err := story.Options(theme)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pages.New(o)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	site := pages.Site{Origin: "https://example.com", Host: "example.com", BaseURL: "https://example.com/api/auth", AssetsURL: server.URL + "/assets", Query: []pages.HiddenField{}}
	for _, page := range story.Pages() {
		mux.HandleFunc("/"+page.Name, func(w http.ResponseWriter, _ *http.Request) {
			body, err := page.Render(r, site)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Security-Policy", r.ContentSecurityPolicy(body, ""))
			w.Write(body)
		})
	}
	mux.HandleFunc("/assets/{name}", func(w http.ResponseWriter, q *http.Request) {
		asset, ok := r.Asset(q.PathValue("name"))
		if !ok {
			http.NotFound(w, q)
			return
		}
		w.Header().Set("Content-Type", asset.ContentType)
		w.Write(asset.Content)
	})
	return server.URL
}

// comparePicture compares what a tab shows with a picture of the documentation.
func comparePicture(t *testing.T, b *chromium.Tab, name string) {
	t.Helper()
	b.Run(`document.getAnimations().forEach((a) => a.finish())`)
	got := b.Screenshot()
	file := filepath.Join("..", "..", "docs", "pages", name+".png")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (write it with: go test ./pages -run Pictures -update)", err)
	}
	if share := difference(t, got, want); share > 0.02 {
		shown := filepath.Join(t.ArtifactDir(), name+".png")
		if err := os.WriteFile(shown, got, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%.1f %% of the picture differ from %s; the page looks like %s", 100*share, file, shown)
	}
}

// difference is the share of two pictures that is not the same to the eye: of
// squares of 4 by 4 pixels, those whose average brightness differs.
func difference(t *testing.T, a, b []byte) float64 {
	t.Helper()
	one, two := squares(t, a), squares(t, b)
	if len(one) != len(two) {
		return 1
	}
	different := 0
	for i := range one {
		if d := one[i] - two[i]; d > 24 || d < -24 {
			different++
		}
	}
	return float64(different) / float64(len(one))
}

// squares are the average brightnesses of a picture, from 0 to 255.
func squares(t *testing.T, picture []byte) []int {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	const side = 4
	bounds := img.Bounds()
	var all []int
	for y := bounds.Min.Y; y+side <= bounds.Max.Y; y += side {
		for x := bounds.Min.X; x+side <= bounds.Max.X; x += side {
			all = append(all, brightness(img, image.Rect(x, y, x+side, y+side)))
		}
	}
	return all
}

func brightness(img image.Image, r image.Rectangle) int {
	sum := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			red, green, blue, _ := img.At(x, y).RGBA()
			sum += int(red>>8+green>>8+blue>>8) / 3
		}
	}
	return sum / (r.Dx() * r.Dy())
}

// The pictures of the documentation are small.
func TestPicturesAreSmall(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "pages", "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		sum += info.Size()
	}
	if sum > 1<<20 {
		t.Errorf("the pictures have %d bytes together, more than a megabyte", sum)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "pages.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := filepath.Base(file); !strings.Contains(string(text), "pages/"+name) {
			t.Errorf("docs/pages.md does not show %s", name)
		}
	}
}
