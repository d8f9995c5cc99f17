import { SignInForm } from "../../lib/SignInForm";
import type { SignInProps } from "../../lib/signin";

export { signInProps as getServerSideProps } from "../../lib/signin";

/** One form alone, which the browser posts itself. */
export default function CredentialsSignIn({ providers, alert, ...form }: SignInProps) {
  const provider = providers.find(({ type }) => type === "credentials");
  return (
    <>
      <h1>Sign in with a password</h1>
      {alert && <p role="alert">{alert}</p>}
      {provider && <SignInForm provider={provider} {...form} />}
    </>
  );
}
