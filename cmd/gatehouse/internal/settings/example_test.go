package settings_test

import (
	"fmt"
	"log/slog"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/settings"
)

func ExampleLoad() {
	env := settings.NewEnvironment([]string{
		"AUTH_URL=https://example.com",
		"AUTH_SECRET=hunter2",
		"AUTH_GITHUB_ID=Iv1.0123456789abcdef",
	})
	_, err := settings.Load(env, settings.Options{Logger: slog.Default()})
	fmt.Println(err)
	// Output:
	// 2 settings are wrong:
	//   AUTH_GITHUB_SECRET: is not set, but other variables of github are
	//       The client secret of the registered application. Find it: Settings, Developer settings, OAuth apps.
	//   AUTH_SECRET: has 7 bytes; at least 32 are needed
	//       use the output of "openssl rand -base64 33"
}
