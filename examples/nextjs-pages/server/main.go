// Command server signs people in for the Next.js application in the folder above,
// which sends /api/auth/* here.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/examples/internal/standin"
)

func main() {
	port := flag.Int("port", 8080, "port to listen on, at 127.0.0.1; 0 takes any free one")
	flag.Parse()
	// Browsers know the address of the Next.js application alone.
	address := cmp.Or(os.Getenv("NEXTAUTH_URL"), "http://localhost:3000")
	if err := run(context.Background(), *port, address); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, port int, address string) error {
	signIn, err := newSignIn(ctx, address)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	fmt.Printf("Gatehouse for %s at http://%s\n", address, listener.Addr())
	server := &http.Server{Handler: signIn, ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}

func newSignIn(ctx context.Context, address string) (*auth.Auth, error) {
	store := memory.New()
	openID, err := standin.OpenID(ctx, address)
	if err != nil {
		return nil, err
	}
	password, err := standin.Password(ctx, store)
	if err != nil {
		return nil, err
	}
	return auth.New(auth.Config{
		URL:       address,
		Secrets:   []string{rand.Text() + rand.Text()}, // sessions end with the program
		Adapter:   store,
		Providers: []auth.Provider{openID, standin.Email(os.Stdout), password},
		Pages: auth.Pages{
			SignIn:        "/auth/signin",
			SignOut:       "/auth/signout",
			Error:         "/auth/error",
			VerifyRequest: "/auth/verify-request",
			NewUser:       "/auth/new-user",
		},
	})
}
