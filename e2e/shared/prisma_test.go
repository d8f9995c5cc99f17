package shared_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// prismaClient is one that Prisma writes.
type prismaClient struct {
	// schema is a file below prisma, without its suffix.
	schema string
	// provider is the kind of database as Prisma calls it.
	provider string
}

// generate has Prisma write the client where adapters.mjs finds it and it finds the
// packages that it needs. The engines that
// Prisma would download are not needed: a client of the type "client" has none.
func (p prismaClient) generate(t *testing.T, node string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("prisma", p.schema+".prisma"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join("node_modules", ".gatehouse", p.schema+"-"+p.provider)
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // beside the other packages
		t.Fatal(err)
	}
	schema := filepath.Join(dir, "schema.prisma")
	text := strings.ReplaceAll(string(content), "{provider}", p.provider)
	if err := os.WriteFile(schema, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "node_modules/prisma/build/index.js", "generate", "--schema", schema) //nolint:gosec // the path of Node.js
	cmd.Env = os.Environ()
	for _, engine := range []string{"PRISMA_QUERY_ENGINE_LIBRARY", "PRISMA_QUERY_ENGINE_BINARY", "PRISMA_SCHEMA_ENGINE_BINARY"} {
		cmd.Env = append(cmd.Env, engine+"="+node) // any file that is there
	}
	cmd.Env = append(cmd.Env, "CHECKPOINT_DISABLE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("prisma generate: %v\n%s", err, out)
	}
}
