package main

import "github.com/gatehouse-auth/gatehouse/auth"

// signInAlert says above the forms why the visitor is still not signed in. None
// of the texts tells which part of a credential was wrong or whether an address
// is known.
func signInAlert(code string) string {
	switch auth.ErrorCode(code) {
	case "":
		return ""
	case auth.ErrorCredentialsSignin:
		return "This user name and password do not belong together."
	case auth.ErrorEmailSignin:
		return "The mail could not be sent. Check the address and try again."
	case auth.ErrorOAuthAccountNotLinked:
		return "Sign in the same way as last time."
	case auth.ErrorSessionRequired:
		return "Sign in to see this page."
	case auth.ErrorOAuthSignin, auth.ErrorOAuthCallback:
		return "The provider did not sign you in. Try again, or choose another way."
	default:
		return "That did not work. Try again, or choose another way."
	}
}

// failure is what the error page says.
type failure struct {
	Title, Text string
}

func failureOf(code string) failure {
	switch auth.ErrorCode(code) {
	case auth.ErrorConfiguration:
		return failure{"We have a problem", "It is not your fault, and we have been told. Try again later."}
	case auth.ErrorAccessDenied:
		return failure{"No access", "You may not sign in with this account."}
	case auth.ErrorVerification:
		return failure{"The link does not work any more", "A link works once and for 24 hours. Ask for a new one."}
	case auth.ErrorSignout:
		return failure{"Signed out in this browser only", "Sign in and out again to be sure."}
	default:
		return failure{"Something went wrong", "Try again in a moment."}
	}
}
