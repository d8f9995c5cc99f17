import type { FormEvent } from "react";
import type { ClientSafeProvider } from "next-auth/react";

type Props = {
  provider: ClientSafeProvider;
  csrfToken: string;
  callbackUrl: string;
  /** Gets the fields in place of the server, where there is JavaScript. */
  onSubmit?: (fields: Record<string, string>) => void;
};

/** One way to sign in. */
export function SignInForm({ provider, csrfToken, callbackUrl, onSubmit }: Props) {
  function submit(event: FormEvent<HTMLFormElement>) {
    if (onSubmit) {
      event.preventDefault();
      onSubmit(Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>);
    }
  }
  return (
    <form
      method="post"
      action={provider.type === "credentials" ? provider.callbackUrl : provider.signinUrl}
      onSubmit={submit}
    >
      <input type="hidden" name="csrfToken" value={csrfToken} />
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      {provider.type === "email" && (
        <>
          <label htmlFor="email">E-mail address</label>
          <input id="email" name="email" type="email" autoComplete="email" required />
        </>
      )}
      {provider.type === "credentials" && (
        <>
          <label htmlFor="username">User name</label>
          <input id="username" name="username" autoComplete="username" required />
          <label htmlFor="password">Password</label>
          <input id="password" name="password" type="password" autoComplete="current-password" required />
        </>
      )}
      <button>Continue with {provider.name}</button>
    </form>
  );
}
