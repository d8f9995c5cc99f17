import type { GetServerSideProps } from "next";
import Link from "next/link";
import { back } from "../../lib/back";

type Props = { callbackUrl: string };

export const getServerSideProps: GetServerSideProps<Props> = async ({ query }) => ({
  props: { callbackUrl: back(query.callbackUrl) },
});

/** Shown once, after the first sign-in of a user. */
export default function NewUser({ callbackUrl }: Props) {
  return (
    <>
      <h1>Welcome</h1>
      <p>Good to have you here. This page is shown once.</p>
      <p>
        <Link href={callbackUrl}>Continue</Link>
      </p>
    </>
  );
}
