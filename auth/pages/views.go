package pages

import "github.com/gatehouse-auth/gatehouse/auth/language"

// Site is what every page needs to know about where it is shown and to whom.
type Site struct {
	// Origin is the address of the site, "https://example.com". The links back
	// to the site lead there; without it they are left out.
	Origin string
	// Host is the host and port of the site, for its name in texts and titles.
	Host string
	// BaseURL is the address of the API without a slash at the end,
	// "https://example.com/api/auth".
	BaseURL string
	// AssetsURL is the address, without a slash at the end, below which the
	// files of [Renderer.Asset] are served.
	AssetsURL string
	// Language is that of the visitor. Nil means the default.
	Language *language.Catalogue
	// Query is what the address of the page has to keep when the visitor
	// changes the language. Nil leaves the language menu out, for a page that
	// cannot be asked for again.
	Query []HiddenField
}

// HiddenField is a value that a form carries along.
type HiddenField struct {
	Name  string
	Value string
}

// SignIn is the page with the ways to sign in.
type SignIn struct {
	Site Site
	// CSRFToken and CallbackURL become hidden fields of every form.
	CSRFToken   string
	CallbackURL string
	// Email fills in the field of e-mail providers.
	Email string
	// ErrorCode is the code of a failure, such as "OAuthSignin". A code that
	// is not known gets a general text; the code itself is never shown. Empty
	// means that nothing has failed.
	ErrorCode string
	// ErrorProviderID is the provider whose fields the failure is about. Empty
	// means every provider of the kind.
	ErrorProviderID string
	// Reference is that of [Error.Reference]. It is shown only with an
	// ErrorCode.
	Reference string
	// LastProviderID is the provider that the visitor used last time. Its
	// button is marked. It may be empty.
	LastProviderID string
	// Providers are shown in their order.
	Providers []Provider
}

// Kind is what a provider's form asks for.
type Kind int

// The kinds of providers.
const (
	// OAuth has a button that posts to the sign-in URL.
	OAuth Kind = iota
	// Email has a field for an address and posts to the sign-in URL.
	Email
	// Credentials has the provider's fields and posts to the callback URL. A
	// provider of this kind whose fields are nil is not shown; one with an
	// empty list is a button.
	Credentials
)

// Provider is one way to sign in.
type Provider struct {
	ID string
	// Name is what the button says. Empty means, for the kinds Email and
	// Credentials, a text that goes without a name.
	Name string
	Kind Kind
	// SignInURL and CallbackURL are where forms are posted to. A URL that is
	// neither relative nor http, https or mailto is replaced by a harmless
	// one.
	SignInURL   string
	CallbackURL string
	// Fields are the inputs of a provider of kind Credentials. See there for
	// nil.
	Fields []Field
}

// Field is an input of a credentials form.
type Field struct {
	Name string
	// Label is, when empty, "Username" or "Password" in the visitor's language
	// for a field of that name, and Name for any other one.
	Label string
	// Type is the input's type. Types that make no sense in a form for
	// credentials ("file", "submit", ...) and unknown ones become "text".
	Type        string
	Placeholder string
	Value       string
	// Autocomplete is the input's autocomplete attribute. Empty means
	// "current-password" for a password and "username" for the first other
	// field.
	Autocomplete string
}

// SignOut is the page that asks whether to sign out.
type SignOut struct {
	Site      Site
	CSRFToken string
	// ShowSignedOut makes the form ask, with the field "signedOutPage", for the
	// page [SignedOut] afterwards.
	ShowSignedOut bool
	// Expired says that the form was sent with a token that is not valid.
	Expired bool
}

// SignedOut is the page that says that the visitor is signed out.
type SignedOut struct {
	Site Site
	// BackURL is where the link back leads and BackHost is what it names.
	// Empty means Site.Origin and Site.Host.
	BackURL  string
	BackHost string
}

// VerifyRequest is the page that tells to look for a mail.
type VerifyRequest struct {
	Site Site
	// Address is the mail address to show, already masked. It may be empty.
	Address string
	// Resend is the form that asks for another link. Nil leaves it out.
	Resend *Resend
	// InboxURL leads to where the mails can be read, while developing. Empty
	// leaves the link out.
	InboxURL string
}

// Resend asks for another link for the same address.
type Resend struct {
	// Action is the URL that the form is posted to.
	Action      string
	CSRFToken   string
	CallbackURL string
	Email       string
}

// Error is the page for a failure that signing in again does not mend at once.
type Error struct {
	Site Site
	// Code is "Configuration", "AccessDenied", "Verification" or "Signout" in
	// any case; anything else gets a general text. It is never shown.
	Code string
	// Reference is a short id that stands in the log beside the cause, so that
	// a visitor can name the failure to the operator. It may be empty.
	Reference string
	// NoAlert leaves out role="alert", which the error page of NextAuth.js v4
	// does not have.
	NoAlert bool
}

// ConfirmLink is the page that asks before a mailed link is used, for a link
// that was opened in another browser than the one that asked for it.
type ConfirmLink struct {
	Site      Site
	CSRFToken string
	// Action is the URL that the form is posted to.
	Action string
	// Address is the mail address to show, already masked. It may be empty.
	Address string
	// Hidden are further hidden fields of the form, in order.
	Hidden []HiddenField
	// Expired says that the form was sent with a token that is not valid.
	Expired bool
}
