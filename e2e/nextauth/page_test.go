package nextauth_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// page is what a visitor can do on a page, and whether it reports an error.
// Wording, markup and looks are each server's own affair.
type page struct {
	forms []pageForm
	alert bool
}

// pageForm is a form that posts.
type pageForm struct {
	Action string
	Fields []field
}

// field is an input of a form.
type field struct{ Name, Type, Value, Placeholder string }

// parsePage reads a page. An error is an element with role="alert", or NextAuth's
// box with the class "error" inside its sign-in card.
func parsePage(t *testing.T, text string) page {
	t.Helper()
	document, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var out page
	for node := range document.Descendants() {
		switch {
		case node.Type != html.ElementNode:
		case node.Data == "form" && strings.EqualFold(attribute(node, "method"), "post"):
			out.forms = append(out.forms, parseForm(node))
		case attribute(node, "role") == "alert", node.Data == "div" && attribute(node, "class") == "error" && inside(node, "signin"):
			out.alert = true
		}
	}
	return out
}

func parseForm(node *html.Node) pageForm {
	out := pageForm{Action: attribute(node, "action")}
	for n := range node.Descendants() {
		if n.Type == html.ElementNode && n.Data == "input" {
			kind := attribute(n, "type")
			if kind == "" {
				kind = "text"
			}
			out.Fields = append(out.Fields, field{attribute(n, "name"), kind, attribute(n, "value"), attribute(n, "placeholder")})
		}
	}
	return out
}

// inside reports whether an ancestor has a class.
func inside(node *html.Node, class string) bool {
	for parent := range node.Ancestors() {
		if attribute(parent, "class") == class {
			return true
		}
	}
	return false
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
