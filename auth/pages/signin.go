package pages

import (
	"slices"
	"strconv"
	"strings"
)

// signInView is what signin.html shows.
type signInView struct {
	Alert       string
	Reference   string // shown in the alert
	CSRFToken   string
	CallbackURL string
	Forms       []signInForm
}

// signInForm is the form of one provider, whatever its kind.
type signInForm struct {
	Name      string
	Action    string
	Class     string
	Inputs    []input
	Separated bool // from the form before it
}

// input is an input element. Hidden ones have no ID.
type input struct {
	ID, Name, Label, Type, Placeholder, Value, Autocomplete string
	Required                                                bool
}

// SignIn renders the page with the ways to sign in.
func (r *Renderer) SignIn(v SignIn) ([]byte, error) {
	view := signInView{Reference: v.Reference, CSRFToken: v.CSRFToken, CallbackURL: v.CallbackURL}
	var err error
	if v.ErrorCode != "" {
		if view.Alert, err = r.texts.text(signInErrorKey(v.ErrorCode)); err != nil {
			return nil, err
		}
	}
	emailLabel, err := r.texts.text("signin.email")
	if err != nil {
		return nil, err
	}
	view.Forms = make([]signInForm, 0, len(v.Providers))
	for i, p := range v.Providers {
		form := signInForm{Name: p.Name, Action: p.SignInURL, Class: "primary"}
		switch p.Kind {
		case Email:
			form.Inputs = []input{{
				ID: inputID(i, 0), Name: "email", Label: emailLabel, Type: "email",
				Value: v.Email, Autocomplete: "email", Required: true,
			}}
		case Credentials:
			if p.Fields == nil {
				continue
			}
			form.Action = p.CallbackURL
			form.Inputs = credentialInputs(i, p.Fields)
		default:
			form.Class = "provider"
		}
		if class := r.classes[p.ID]; class != "" {
			form.Class += " " + class
		}
		if n := len(view.Forms); n > 0 {
			form.Separated = len(form.Inputs) > 0 || len(view.Forms[n-1].Inputs) > 0
		}
		view.Forms = append(view.Forms, form)
	}
	return r.render(page{template: "signin.html", site: v.Site, title: "signin.title", view: &view})
}

// credentialInputs makes the inputs of the provider with the given position.
func credentialInputs(provider int, fields []Field) []input {
	inputs := make([]input, len(fields))
	named := false // whether the user's name has been asked for
	for i, f := range fields {
		in := input{
			ID: inputID(provider, i), Name: f.Name, Label: f.Label, Type: inputType(f.Type),
			Placeholder: f.Placeholder, Value: f.Value, Autocomplete: f.Autocomplete,
		}
		if in.Label == "" {
			in.Label = f.Name
		}
		switch in.Type {
		case "hidden", "checkbox":
		case "password":
			if in.Autocomplete == "" {
				in.Autocomplete = "current-password"
			}
		default:
			if in.Autocomplete == "" && !named {
				in.Autocomplete = "username"
			}
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
