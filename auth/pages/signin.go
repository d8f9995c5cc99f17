package pages

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth/language"
)

// signInView is what signin.html shows.
type signInView struct {
	Alert       string
	Reference   string // shown in the alert
	CSRFToken   string
	CallbackURL string
	Or          string
	// ShowPassword and HidePassword name the button beside a password.
	ShowPassword string
	HidePassword string
	Forms        []signInForm
}

// signInForm is the form of one provider, whatever its kind.
type signInForm struct {
	Button    string // what the button says
	Mark      template.HTML
	Action    string
	Class     string
	Inputs    []input
	Separated bool // from the form before it
	LastUsed  bool
	// HTML is the whole form when it has no inputs.
	HTML template.HTML
}

// input is an input element. Hidden ones have no ID.
type input struct {
	ID, Name, Label, Type, Placeholder, Value, Autocomplete string
	Required                                                bool
	// Plain is for what is no prose: no capitals, no spelling.
	Plain bool
	// Invalid says that the alert is about this input.
	Invalid bool
}

// SignIn renders the page with the ways to sign in.
func (r *Renderer) SignIn(v SignIn) ([]byte, error) {
	t := signInTexts{catalogue: r.texts(v.Site)}
	view := signInView{
		Reference: v.Reference, CSRFToken: v.CSRFToken, CallbackURL: v.CallbackURL, Or: t.text("signin.or"),
		ShowPassword: t.text("signin.password.show"), HidePassword: t.text("signin.password.hide"),
	}
	if v.ErrorCode != "" {
		view.Alert = t.text(signInErrorKey(v.ErrorCode))
	}
	view.Forms = make([]signInForm, 0, len(v.Providers))
	password := false
	for i, p := range v.Providers {
		if p.Kind == Credentials && p.Fields == nil {
			continue
		}
		form := r.signInForm(&t, v, p, i)
		if n := len(view.Forms); n > 0 {
			form.Separated = len(form.Inputs) > 0 || len(view.Forms[n-1].Inputs) > 0
		}
		password = password || slices.ContainsFunc(form.Inputs, func(in input) bool { return in.Type == "password" })
		view.Forms = append(view.Forms, form)
	}
	view.buttonForms(t.text("signin.lastused"))
	if t.err != nil {
		return nil, t.err
	}
	p := page{template: "signin.html", site: v.Site, title: []string{"signin.title"}, view: &view, script: password}
	if v.Site.Host != "" {
		p.heading = []string{"signin.heading", "host", v.Site.Host}
	}
	return r.render(p)
}

// signInForm makes the form of the provider with the given position.
func (r *Renderer) signInForm(t *signInTexts, v SignIn, p Provider, position int) signInForm {
	form := signInForm{Action: p.SignInURL, Class: "primary", LastUsed: p.ID != "" && p.ID == v.LastProviderID}
	invalid := v.ErrorProviderID == "" || v.ErrorProviderID == p.ID
	switch p.Kind {
	case Email:
		form.Button = t.button("signin.email.button", p.Name)
		form.Inputs = []input{{
			ID: inputID(position, 0), Name: "email", Label: t.text("signin.email"), Type: "email",
			Value: v.Email, Autocomplete: "email", Required: true,
			Invalid: invalid && v.ErrorCode == "EmailSignin",
		}}
	case Credentials:
		form.Action = p.CallbackURL
		form.Button = t.button("signin.button", p.Name)
		form.Inputs = t.credentialInputs(position, p.Fields)
		for i := range form.Inputs {
			form.Inputs[i].Invalid = invalid && v.ErrorCode == "CredentialsSignin" && form.Inputs[i].Type != "hidden"
		}
	default:
		form.Button = t.button("signin.button", p.Name)
		form.Class = "provider"
	}
	look, ok := r.buttons[p.ID]
	if ok {
		form.Class += " " + look.class
		form.Mark = look.mark
	}
	if form.Mark == "" && p.Kind == OAuth {
		form.Mark = monogram(p.Name)
	}
	return form
}

// signInTexts are the texts of the page; the first one that fails is kept.
type signInTexts struct {
	catalogue *language.Catalogue
	err       error
}

func (t *signInTexts) text(key string, values ...string) string {
	text, err := t.catalogue.Text(key, values...)
	if err != nil && t.err == nil {
		t.err = err
	}
	return text
}

// button is what the button of a provider says: the text of the key when it has
// no name.
func (t *signInTexts) button(key, name string) string {
	if name == "" {
		return t.text(key)
	}
	return t.text("signin.provider", "provider", name)
}

// label is what stands beside an input of a credentials form.
func (t *signInTexts) label(f Field) string {
	switch {
	case f.Label != "":
		return f.Label
	case f.Name == "email":
		return t.text("signin.email")
	case f.Name == "username":
		return t.text("signin.username")
	case f.Name == "password":
		return t.text("signin.password")
	}
	return f.Name
}

// credentialInputs makes the inputs of the provider with the given position.
func (t *signInTexts) credentialInputs(provider int, fields []Field) []input {
	inputs := make([]input, len(fields))
	named := false // whether the user's name has been asked for
	for i, f := range fields {
		in := input{
			ID: inputID(provider, i), Name: f.Name, Label: t.label(f), Type: inputType(f.Type),
			Placeholder: f.Placeholder, Value: f.Value, Autocomplete: f.Autocomplete,
		}
		switch in.Type {
		case "hidden", "checkbox":
		case "password":
			if in.Autocomplete == "" {
				in.Autocomplete = "current-password"
			}
			in.Plain = true // for when it is shown
		default:
			if in.Autocomplete == "" && !named {
				in.Autocomplete = "username"
			}
			in.Plain = in.Autocomplete == "username"
			named = true
		}
		inputs[i] = in
	}
	return inputs
}

// inputType returns a type that a form for credentials may have.
func inputType(s string) string {
	s = strings.ToLower(s)
	types := [...]string{
		"text", "password", "email", "number", "tel", "url", "search", "hidden",
		"checkbox", "date", "month", "week", "time", "datetime-local", "color", "range",
	}
	if slices.Contains(types[:], s) {
		return s
	}
	return "text"
}

func inputID(provider, field int) string {
	return "input-" + strconv.Itoa(provider) + "-" + strconv.Itoa(field)
}

// signInErrorKey returns the catalogue key of the text for an error code. Codes
// are compared exactly, as in NextAuth.js.
func signInErrorKey(code string) string {
	switch code {
	case "Signin":
		return "signin.error.Signin"
	case "OAuthSignin":
		return "signin.error.OAuthSignin"
	case "OAuthCallback":
		return "signin.error.OAuthCallback"
	case "OAuthCreateAccount":
		return "signin.error.OAuthCreateAccount"
	case "EmailCreateAccount":
		return "signin.error.EmailCreateAccount"
	case "Callback":
		return "signin.error.Callback"
	case "OAuthAccountNotLinked":
		return "signin.error.OAuthAccountNotLinked"
	case "EmailSignin":
		return "signin.error.EmailSignin"
	case "CredentialsSignin":
		return "signin.error.CredentialsSignin"
	case "SessionRequired":
		return "signin.error.SessionRequired"
	}
	return "signin.error.default"
}
