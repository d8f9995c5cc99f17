package language_test

import (
	"fmt"
	"log"

	"github.com/gatehouse-auth/gatehouse/auth/language"
)

func Example() {
	languages, err := language.New(language.Options{
		Texts: map[string]map[string]string{"de": {"signin.button": "Los geht's"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	german, _ := languages.Match("de-CH, en;q=0.5")
	text, err := german.Text("signin.button")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(german.Name(), german.Direction(), text)
	// Output: Deutsch ltr Los geht's
}
