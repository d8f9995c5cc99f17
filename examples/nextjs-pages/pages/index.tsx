import Link from "next/link";
import { signIn, useSession } from "next-auth/react";

export default function Home() {
  const { data: session, status } = useSession();
  return (
    <>
      <h1>Custom pages</h1>
      {status === "authenticated" && (
        <>
          <p>You are signed in as {session.user?.name ?? session.user?.email}.</p>
          <p>
            <Link href="/private">Private page</Link> · <Link href="/auth/signout">Sign out</Link>
          </p>
        </>
      )}
      {status === "unauthenticated" && (
        <>
          <p>You are not signed in.</p>
          <button onClick={() => signIn()}>Sign in</button>
          <p>
            <Link href="/private">Private page</Link>
          </p>
        </>
      )}
    </>
  );
}
