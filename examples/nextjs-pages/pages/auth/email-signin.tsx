import { SignInForm } from "../../lib/SignInForm";
import type { SignInProps } from "../../lib/signin";

export { signInProps as getServerSideProps } from "../../lib/signin";

/** One form alone, which the browser posts itself. */
export default function EmailSignIn({ providers, alert, ...form }: SignInProps) {
  const provider = providers.find(({ type }) => type === "email");
  return (
    <>
      <h1>Sign in by mail</h1>
      {alert && <p role="alert">{alert}</p>}
      {provider && <SignInForm provider={provider} {...form} />}
    </>
  );
}
