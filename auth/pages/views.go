package pages

// Site is what every page needs to know about where it is shown.
type Site struct {
	// Origin is the address of the site, "https://example.com". The links back
	// to the site lead there; without it they are left out.
	Origin string
	// Host is the host and port of the site, for its name in texts and titles.
	Host string
	// BaseURL is the address of the API without a slash at the end,
	// "https://example.com/api/auth".
	BaseURL string
	// StyleSheetURL is the address under which the file of
	// [Renderer.StyleSheet] is served.
	StyleSheetURL string
	// IconURL is the address under which the file of [Renderer.Icon] is
	// served.
	IconURL string
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
	// Reference is that of [Error.Reference]. It is shown only with an
	// ErrorCode.
	Reference string
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
	ID   string
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
	// Label is Name when empty.
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
}

// VerifyRequest is the page that tells to look for a mail.
type VerifyRequest struct {
	Site Site
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
}

// HiddenField is a value that a form carries along.
type HiddenField struct {
	Name  string
	Value string
}
