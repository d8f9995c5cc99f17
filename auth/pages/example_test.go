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
	// Serve what r.Asset returns below AssetsURL.
	page, err := r.SignIn(pages.SignIn{
		Site: pages.Site{
			Origin:    "https://example.com",
			Host:      "example.com",
			BaseURL:   "https://example.com/api/auth",
			AssetsURL: "https://example.com/api/auth/_assets",
		},
		Providers: []pages.Provider{{
			ID: "email", Kind: pages.Email, SignInURL: "https://example.com/api/auth/signin/email",
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
	// <h1>Sign in to example.com</h1>
	// <button type="submit" class="primary"><span>Email me a sign-in link</span></button>
}

func ExampleStatus() {
	fmt.Println(pages.Status("AccessDenied"), pages.Status("Configuration"), pages.Status("Default"))
	// Output: 403 500 200
}
