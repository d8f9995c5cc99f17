package memory_test

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
)

func TestAdapter(t *testing.T) {
	adaptertest.Run(t, func(*testing.T) auth.Adapter { return memory.New() })
}
