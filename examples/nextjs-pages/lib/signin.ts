import type { GetServerSideProps, GetServerSidePropsContext } from "next";
import type { ClientSafeProvider } from "next-auth/react";
import { getProviders, getSession } from "next-auth/react";
import { back } from "./back";

/** What the sign-in pages need to know. */
export type SignInProps = {
  providers: ClientSafeProvider[];
  csrfToken: string;
  callbackUrl: string;
  alert: string | null;
};

/** Prepares a sign-in page, or sends a visitor away who is signed in already. */
export const signInProps: GetServerSideProps<SignInProps> = async (context) => {
  const callbackUrl = back(context.query.callbackUrl);
  if (await getSession(context)) {
    return { redirect: { destination: callbackUrl, permanent: false } };
  }
  return {
    props: {
      providers: Object.values((await getProviders()) ?? {}),
      csrfToken: await csrfToken(context),
      callbackUrl,
      alert: signInAlert(context.query.error),
    },
  };
};

/**
 * The token for a form that is posted without JavaScript. getCsrfToken would
 * fetch it as well, but on the server it drops the cookie that belongs to the
 * token, so that the first form of a new visitor would be refused.
 */
async function csrfToken({ req, res }: GetServerSidePropsContext): Promise<string> {
  const answer = await fetch(`${process.env.NEXTAUTH_URL_INTERNAL}/api/auth/csrf`, {
    headers: { cookie: req.headers.cookie ?? "" },
  });
  res.appendHeader("Set-Cookie", answer.headers.getSetCookie());
  return (await answer.json()).csrfToken;
}

/**
 * Says why the visitor is still not signed in. None of the texts tells which part
 * of a credential was wrong or whether an address is known.
 */
export function signInAlert(code: string | string[] | undefined): string | null {
  switch (code) {
    case undefined:
      return null;
    case "CredentialsSignin":
      return "This user name and password do not belong together.";
    case "EmailSignin":
      return "The mail could not be sent. Check the address and try again.";
    case "OAuthAccountNotLinked":
      return "Sign in the same way as last time.";
    case "SessionRequired":
      return "Sign in to see this page.";
    case "OAuthSignin":
    case "OAuthCallback":
      return "The provider did not sign you in. Try again, or choose another way.";
    default:
      return "That did not work. Try again, or choose another way.";
  }
}
