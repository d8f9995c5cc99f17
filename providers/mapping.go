package providers

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Mapping says, as data, where a provider's profile has what makes a user. It is
// for providers that are described in a file; a Go program can write a function
// for [auth.OAuthProvider.Profile] as well.
//
// Each field is a path of member names and list positions, such as "id",
// "user.display_name" or "emails[0].value". Several paths, separated by "??", are
// tried in order: the first that leads to a text that is not empty counts.
type Mapping struct {
	// ID leads to what never changes and never moves to somebody else, so
	// neither to a user name nor to a mail address. A whole number is read as
	// its decimal digits. Required.
	ID string
	// Name, Email and Image may be empty; the user then has none.
	Name, Email, Image string
}

// Profile returns the function for [auth.OAuthProvider.Profile]. The error names
// every field that is wrong.
func (m Mapping) Profile() (func(p auth.Profile, t auth.Tokens) (auth.User, error), error) {
	var errs []error
	parse := func(field, text string) [][]string {
		paths, err := parsePaths(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("providers: Mapping.%s: %w", field, err))
		}
		return paths
	}
	if m.ID == "" {
		errs = append(errs, errors.New(`providers: Mapping.ID: it is missing; write where the profile has the id, such as "id" or "user.id"`))
	}
	id, name, email, image := parse("ID", m.ID), parse("Name", m.Name), parse("Email", m.Email), parse("Image", m.Image)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return func(p auth.Profile, _ auth.Tokens) (auth.User, error) {
		return newUser(firstID(p, id), firstText(p, name), firstText(p, email), firstText(p, image)), nil
	}, nil
}

// firstID is the id at the first path that leads to one.
func firstID(p auth.Profile, paths [][]string) string {
	for _, path := range paths {
		if id := idAt(p, path...); id != "" {
			return id
		}
	}
	return ""
}

// firstText is the text at the first path that leads to one that is not empty, or
// else what the last path leads to.
func firstText(p auth.Profile, paths [][]string) field {
	var f field
	for _, path := range paths {
		if f = textAt(p, path...); f.text != "" {
			break
		}
	}
	return f
}

// parsePaths reads paths that are separated by "??".
func parsePaths(text string) ([][]string, error) {
	if text == "" {
		return nil, nil
	}
	var paths [][]string
	for one := range strings.SplitSeq(text, "??") {
		path, err := parsePath(strings.TrimSpace(one))
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// parsePath reads names that are separated by dots, each with list positions in
// brackets behind it.
func parsePath(text string) ([]string, error) {
	var path []string
	for part := range strings.SplitSeq(text, ".") {
		name, positions, _ := strings.Cut(part, "[")
		if name == "" || strings.ContainsAny(name, " ]\t\n") {
			return nil, fmt.Errorf(`%q is not a path such as "user.emails[0].value"`, text)
		}
		path = append(path, name)
		if positions == "" {
			if strings.HasSuffix(part, "[") {
				return nil, fmt.Errorf("%q has an open bracket", text)
			}
			continue
		}
		for position := range strings.SplitSeq(strings.TrimSuffix(positions, "]"), "][") {
			if position == "" || len(position) > 4 || strings.Trim(position, "0123456789") != "" || !strings.HasSuffix(positions, "]") {
				return nil, fmt.Errorf("%q has a position that is not a number in brackets", text)
			}
			path = append(path, position)
		}
	}
	return path, nil
}
