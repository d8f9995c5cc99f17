import type { GetServerSideProps } from "next";
import Link from "next/link";

type Props = { title: string; text: string };

export const getServerSideProps: GetServerSideProps<Props> = async ({ query, res }) => {
  const { status, ...props } = failureOf(query.error);
  res.statusCode = status;
  return { props };
};

/** Says what went wrong where trying again at once is of no use. */
export default function ErrorPage({ title, text }: Props) {
  return (
    <>
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <Link href="/auth/signin">Sign in</Link>
      </p>
    </>
  );
}

function failureOf(code: string | string[] | undefined): Props & { status: number } {
  switch (code) {
    case "Configuration":
      return { status: 500, title: "We have a problem", text: "It is not your fault. Try again later." };
    case "AccessDenied":
      return { status: 403, title: "No access", text: "You may not sign in with this account." };
    case "Verification":
      return { status: 403, title: "The link does not work any more", text: "Ask for a new one." };
    case "Signout":
      return { status: 200, title: "Signed out in this browser only", text: "Sign in and out again to be sure." };
    default:
      return { status: 200, title: "Something went wrong", text: "Try again in a moment." };
  }
}
