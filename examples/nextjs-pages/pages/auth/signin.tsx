import { useState } from "react";
import { useRouter } from "next/router";
import type { ClientSafeProvider } from "next-auth/react";
import { signIn } from "next-auth/react";
import { SignInForm } from "../../lib/SignInForm";
import type { SignInProps } from "../../lib/signin";
import { signInAlert } from "../../lib/signin";

export { signInProps as getServerSideProps } from "../../lib/signin";

/** Every way to sign in, with the functions of next-auth/react. */
export default function SignIn({ providers, csrfToken, callbackUrl, alert: firstAlert }: SignInProps) {
  const router = useRouter();
  const [alert, setAlert] = useState(firstAlert);

  async function start(provider: ClientSafeProvider, { email, username, password }: Record<string, string>) {
    switch (provider.type) {
      case "email":
        await signIn(provider.id, { email, callbackUrl });
        break;
      case "credentials": {
        const result = await signIn(provider.id, { username, password, callbackUrl, redirect: false });
        if (result?.ok) {
          await router.push(callbackUrl);
        } else {
          setAlert(signInAlert(result?.error ?? "Default"));
        }
        break;
      }
      default:
        await signIn(provider.id, { callbackUrl });
    }
  }

  return (
    <>
      <h1>Sign in</h1>
      {alert && <p role="alert">{alert}</p>}
      {providers.map((provider) => (
        <SignInForm
          key={provider.id}
          provider={provider}
          csrfToken={csrfToken}
          callbackUrl={callbackUrl}
          onSubmit={(fields) => start(provider, fields)}
        />
      ))}
    </>
  );
}
