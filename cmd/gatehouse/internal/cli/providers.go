package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/settings"
	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
	"github.com/gatehouse-auth/gatehouse/internal/subject"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func newProviders() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "providers",
		Short: "List the identity providers that can be used by name",
		Long: "List the identity providers that can be used by name: their id, their name, what\n" +
			"they speak, the options that they need, and where to register an application.",
		Example: "  gatehouse providers\n  gatehouse providers show github\n  gatehouse providers map github < profile.json",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return listProviders(cmd.OutOrStdout()) },
	}
	cmd.AddCommand(newProvidersShow(), newProvidersMap())
	return cmd
}

// listProviders writes a line for each provider.
func listProviders(out io.Writer) error {
	var rows strings.Builder
	rows.WriteString("ID\tNAME\tKIND\tNEEDS\tREGISTER AT\n")
	for _, d := range providers.All() {
		var needed []string
		for _, o := range d.Options {
			if o.Required {
				needed = append(needed, o.Name)
			}
		}
		fmt.Fprintf(&rows, "%s\t%s\t%s\t%s\t%s\n", d.ID, d.Name, d.Kind, orDash(strings.Join(needed, ", ")), orDash(d.ConsoleURL))
	}
	return writeTable(out, rows.String())
}

// writeTable aligns the columns of rows whose cells end in tabs.
func writeTable(out io.Writer, rows string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(w, rows); err != nil {
		return err
	}
	return w.Flush()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func newProvidersShow() *cobra.Command {
	site := "http://localhost:3000"
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Print everything about a provider, and the callback URL to register",
		Long: "Print everything about a provider: its options and their environment variables,\n" +
			"where to find them, its endpoints, and the exact callback URL to register there.",
		Example: "  gatehouse providers show github\n  gatehouse providers show google --url https://example.com",
		Args:    oneProvider,
		RunE: func(cmd *cobra.Command, args []string) error {
			callback, err := callbackURL(site, args[0])
			if err != nil {
				return usageError(cmd, err)
			}
			d, _ := providers.Find(args[0])
			return showProvider(cmd.OutOrStdout(), d, args[0], callback)
		},
	}
	cmd.Flags().StringVar(&site, "url", site, "address of your site, as browsers see it")
	return cmd
}

// oneProvider wants the id of a provider and nothing else.
func oneProvider(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError(cmd, fmt.Errorf("%s takes the id of one provider, but got %q", cmd.CommandPath(), args))
	}
	if _, ok := providers.Find(args[0]); ok {
		return nil
	}
	failure := usageError(cmd, fmt.Errorf("there is no provider %q", args[0]))
	failure.hint = `Run "gatehouse providers" to see all of them.`
	var similar []string
	for _, d := range providers.All() {
		if strings.Contains(d.ID, args[0]) || strings.Contains(strings.ToLower(d.Name), strings.ToLower(args[0])) {
			similar = append(similar, d.ID)
		}
	}
	if len(similar) > 0 && len(similar) < 6 {
		failure.hint = fmt.Sprintf("Did you mean %s?", strings.Join(similar, " or "))
	}
	return failure
}

// callbackURL is what has to be registered for a site.
func callbackURL(site, id string) (string, error) {
	u, err := url.Parse(site)
	odd := err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Path, "/callback")
	if odd || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("%q is not the address of a site, such as https://example.com", site)
	}
	return settings.BaseURL(site) + "/callback/" + url.PathEscape(id), nil
}

// showProvider writes everything about a provider under one of its names.
func showProvider(out io.Writer, d providers.Definition, id, callback string) error {
	var facts strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&facts, "%s\t%s\n", name, value)
		}
	}
	line("Provider", d.Name)
	line("ID", id)
	line("Other ids", strings.Join(without(append([]string{d.ID}, d.Aliases...), id), ", "))
	line("Kind", string(d.Kind))
	if d.Kind != providers.KindCredentials {
		line("Callback URL", callback)
	}
	line("Register at", d.ConsoleURL)
	line("Documentation", d.DocumentationURL)
	if p, err := providers.Sample(id, providers.Options{}); err == nil {
		for _, t := range providers.Describe(p) {
			line(t.Name, t.Value)
		}
	}
	if err := writeTable(out, facts.String()+"\nOptions\n"); err != nil {
		return err
	}
	if err := writeTable(out, optionRows(d, id)); err != nil {
		return err
	}
	if len(d.Notes) == 0 {
		return nil
	}
	_, err := io.WriteString(out, "\nNotes\n  "+strings.Join(d.Notes, "\n  ")+"\n")
	return err
}

// optionRows has two rows for each option of a provider: what it is, and where to
// find it.
func optionRows(d providers.Definition, id string) string {
	var rows strings.Builder
	for _, o := range d.Options {
		need := "optional"
		if o.Required {
			need = "required"
		}
		if len(o.Unless) > 0 {
			need += ", or " + strings.Join(o.Unless, " and ")
		}
		fmt.Fprintf(&rows, "  %s\t%s\t%s\t%s\n", o.Name, need, orDash(providers.Variable(id, o.Name)), o.What)
		if o.Where != "" {
			fmt.Fprintf(&rows, "  \t\t\tFind it: %s\n", o.Where)
		}
	}
	return rows.String()
}

func without(all []string, one string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return s == one })
}

func newProvidersMap() *cobra.Command {
	var set []string
	cmd := &cobra.Command{
		Use:   "map ID",
		Short: "Print the user that a provider's profile becomes",
		Long: "Read a profile from standard input, as the provider's userinfo endpoint or ID token\n" +
			"has it (JSON), and print the user that it becomes.",
		Example: "  gatehouse providers map github < profile.json\n  gatehouse providers map mastodon --set issuer=https://mastodon.example < profile.json",
		Args:    oneProvider,
		RunE: func(cmd *cobra.Command, args []string) error {
			given, err := givenOptions(args[0], set)
			if err != nil {
				return usageError(cmd, err)
			}
			return mapProfile(cmd.InOrStdin(), cmd.OutOrStdout(), args[0], given)
		},
	}
	cmd.Flags().StringArrayVar(&set, "set", nil, "an option of the provider, as name=value; may be repeated")
	return cmd
}

// givenOptions reads options of a provider that are written name=value.
func givenOptions(id string, set []string) (providers.Options, error) {
	d, _ := providers.Find(id)
	var given providers.Options
	known := make([]string, len(d.Options))
	for i, o := range d.Options {
		known[i] = o.Name
	}
	for _, one := range set {
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			return given, fmt.Errorf("--set %q is not name=value", one)
		}
		// An issuer does no harm to those that need none.
		if !slices.Contains(known, name) && name != "issuer" {
			return given, fmt.Errorf("%s has no option %q; it has %s", id, name, strings.Join(known, ", "))
		}
		if err := given.Set(name, value); err != nil {
			return given, err
		}
	}
	return given, nil
}

// maxProfile bounds what is read from standard input.
const maxProfile = 1 << 20

// mapProfile reads a profile and writes the user.
func mapProfile(in io.Reader, out io.Writer, id string, given providers.Options) error {
	d, _ := providers.Find(id)
	p, err := providers.Sample(id, given)
	if err != nil {
		return &failure{err, fmt.Sprintf("Run \"gatehouse providers show %s\" to see its options.", id), exitFailed}
	}
	data, err := io.ReadAll(io.LimitReader(in, maxProfile))
	if err != nil {
		return err
	}
	value, err := jsonvalue.Decode(data)
	profile, ok := value.(map[string]any)
	if err != nil || !ok {
		return &failure{errors.New("standard input is not a JSON object"), "Pass the profile as the provider sent it: gatehouse providers map " + id + " < profile.json", exitFailed}
	}
	user, err := providers.MapProfile(p, profile, nil)
	if err != nil {
		return &failure{err, "The provider's profile does not look like this. Compare it with the provider's documentation: " + d.DocumentationURL, exitFailed}
	}
	text, err := json.Marshal(user)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, string(text)); err != nil {
		return err
	}
	if !subject.Usable(user.ID) {
		return &failure{errors.New("the profile has no id, so that a sign-in would be refused"), "Compare the profile with the provider's documentation: " + d.DocumentationURL, exitFailed}
	}
	return nil
}
