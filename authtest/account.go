package authtest

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
)

// Account is somebody who has an account at a provider.
type Account struct {
	// Profile is what the provider knows about the person: the claims of the ID
	// token of an OpenID provider, and the answer of the userinfo endpoint. It
	// may be the whole answer, or the part of it that the provider's
	// ProfilePath leads to. The member "user" is what a provider with
	// UserFromCallback adds to its answer.
	Profile auth.Profile
	// Claims are those of the ID token where they are not the Profile. What
	// belongs to the protocol, such as the issuer, is added. For a provider
	// with ProfileFromUserinfo they are the subject of the Profile alone by
	// default.
	Claims auth.Profile
	// Tokens are further members of the token response, or other values for the
	// usual ones.
	Tokens auth.Tokens
	// Answers are answers by URL, for everything beside the profile that the
	// provider is asked for, and for answers of endpoints that have a shape of
	// their own. A key is a URL, after a method and a space if need be:
	//
	//	"https://api.example.com/emails"
	//	"POST https://api.example.com/graphql?operation=viewer"
	//
	// It fits requests whose query has more than its own; the key with the
	// longest query counts. A value is sent as JSON, except that a [Response] is
	// sent as it is and nil is the status 404.
	//
	// In keys and in texts inside of values {name} stands for that member of the
	// usual token response, such as {access_token} and {id_token}, or else of the
	// Profile. A text that is nothing but {name} becomes the member, whatever its
	// type, and {profile} becomes the Profile.
	Answers map[string]any
}

// Replace returns a copy of the account in which value stands in place of every
// text and number that reads like the text, in the profile, the claims, the
// tokens and the answers: Replace("583231", 0) for somebody whose id is 583231.
func (a Account) Replace(text string, value any) Account {
	return a.edit(func(found any) (any, bool) { return value, reads(found) == text })
}

// Without is [Account.Replace] that leaves out the members of objects. Elements of
// lists become null.
func (a Account) Without(text string) Account {
	return a.edit(func(found any) (any, bool) { return omitted{}, reads(found) == text })
}

// omitted stands for a member that is left out.
type omitted struct{}

// edit copies the account with other values where change reports true.
func (a Account) edit(change func(any) (any, bool)) Account {
	object := func(members map[string]any) map[string]any {
		copied, _ := edited(members, change).(map[string]any)
		return copied
	}
	return Account{
		Profile: object(a.Profile), Claims: object(a.Claims),
		Tokens: object(a.Tokens), Answers: object(a.Answers),
	}
}

func edited(value any, change func(any) (any, bool)) any {
	switch v := value.(type) {
	case map[string]any:
		if v == nil {
			return v
		}
		members := make(map[string]any, len(v))
		for name, member := range v {
			if member = edited(member, change); member != (any)(omitted{}) {
				members[name] = member
			}
		}
		return members
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			if list[i] = edited(element, change); list[i] == (any)(omitted{}) {
				list[i] = nil
			}
		}
		return list
	}
	if other, ok := change(value); ok {
		return other
	}
	if plain, ok := plain(value); ok {
		return edited(plain, change)
	}
	return value
}

// plain makes maps and lists of a value of another type that has JSON for them.
func plain(value any) (any, bool) {
	if _, ok := value.(Response); ok {
		return nil, false
	}
	text, err := json.Marshal(value)
	if err != nil || len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return nil, false
	}
	decoded, err := jsonvalue.Decode(text)
	return decoded, err == nil
}

// reads is a text or a number as text, and "" for everything else.
func reads(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int, int64:
		return fmt.Sprint(v)
	}
	return ""
}
