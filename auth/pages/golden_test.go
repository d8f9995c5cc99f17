package pages_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/internal/story"
)

var update = flag.Bool("update", false, "write the files in testdata/golden anew")

// TestGolden compares what every page is made of with testdata/golden: elements,
// their attributes and their text. Run it with -update after a change that is
// meant, and read the difference.
func TestGolden(t *testing.T) {
	o := storyOptions(t, pages.Theme{})
	o.Languages = languages(t, "en", "ko", "ar")
	r := newRenderer(t, o)
	s := site
	s.Query = []pages.HiddenField{{Name: "callbackUrl", Value: "/a?b=1&c=2"}}
	names := map[string]bool{}
	for _, p := range story.Pages() {
		file := filepath.Join("testdata", "golden", p.Name+".txt")
		names[file] = true
		t.Run(p.Name, func(t *testing.T) {
			got := structure(parse(t, must(t)(p.Render(r, s))))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("%s (-want +got):\n%s", file, d)
			}
		})
	}
	files, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !names[file] {
			t.Errorf("%s belongs to no page", file)
		}
	}
}

// structure writes a document as a list of elements and texts, indented. It has
// no class names, no drawings and no hashes in file names.
func structure(root *html.Node) string {
	var b strings.Builder
	var write func(n *html.Node, depth int)
	write = func(n *html.Node, depth int) {
		indent := strings.Repeat("  ", depth)
		switch n.Type {
		case html.TextNode:
			if text := strings.Join(strings.Fields(n.Data), " "); text != "" {
				fmt.Fprintf(&b, "%s%q\n", indent, text)
			}
			return
		case html.DoctypeNode, html.CommentNode:
			fmt.Fprintf(&b, "%s<!%s>\n", indent, n.Data)
			return
		case html.ElementNode:
			fmt.Fprintf(&b, "%s%s%s\n", indent, n.Data, attributes(n))
			if n.Data == "svg" {
				return
			}
			depth++
		}
		for child := range n.ChildNodes() {
			write(child, depth)
		}
	}
	write(root, 0)
	return b.String()
}

var assetHash = regexp.MustCompile(`\.[0-9a-f]{16}\.`)

// attributes writes what is not for looks alone.
func attributes(n *html.Node) string {
	var b strings.Builder
	for _, a := range n.Attr {
		switch {
		case slices.Contains([]string{"class", "viewbox", "viewBox"}, a.Key):
		case a.Val == "" && a.Key != "value" && a.Key != "alt":
			b.WriteString(" " + a.Key)
		default:
			fmt.Fprintf(&b, " %s=%q", a.Key, assetHash.ReplaceAllString(a.Val, ".<hash>."))
		}
	}
	return b.String()
}
