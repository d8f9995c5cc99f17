import Link from "next/link";
import { useSession } from "next-auth/react";

/** Only for people who are signed in: others are sent to the sign-in page. */
export default function Private() {
  const { data: session } = useSession({ required: true });
  return (
    <>
      <h1>Private page</h1>
      {session && <p>Only people who are signed in see this, such as {session.user?.name ?? session.user?.email}.</p>}
      <p>
        <Link href="/">Home</Link>
      </p>
    </>
  );
}
