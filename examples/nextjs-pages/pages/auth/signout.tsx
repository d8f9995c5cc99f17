import Link from "next/link";
import { signOut } from "next-auth/react";

export default function SignOut() {
  return (
    <>
      <h1>Sign out</h1>
      <button onClick={() => signOut({ callbackUrl: "/" })}>Sign out</button>
      <p>
        <Link href="/">Stay signed in</Link>
      </p>
    </>
  );
}
