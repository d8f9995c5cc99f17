package pages_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

func Example() {
	r, err := pages.New(pages.Options{Theme: pages.Theme{BrandColor: "#0a7d4f"}})
	if err != nil {
		log.Fatal(err)
	}
	name, _ := r.StyleSheet() // serve the bytes under this name
	page, err := r.SignIn(pages.SignIn{
		Site: pages.Site{
			Origin:        "https://example.com",
			Host:          "example.com",
			BaseURL:       "https://example.com/api/auth",
			StyleSheetURL: "https://example.com/api/auth/" + name,
		},
		Providers: []pages.Provider{{
			ID: "github", Name: "GitHub", SignInURL: "https://example.com/api/auth/signin/github",
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "<h1>") || strings.HasPrefix(line, "<button") {
			fmt.Print(line)
		}
	}
	// Output:
	// <h1>Sign in</h1>
	// <button type="submit" class="provider">Continue with GitHub</button>
}

func ExampleStatus() {
	fmt.Println(pages.Status("AccessDenied"), pages.Status("Configuration"), pages.Status("Default"))
	// Output: 403 500 200
}
