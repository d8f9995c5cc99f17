// The page that the browser tests open. Everything about signing in comes from
// next-auth/react; this file only shows it and gives it buttons.
import { useEffect } from "react";
import { createRoot } from "react-dom/client";
import * as nextAuth from "next-auth/react";

const { SessionProvider, useSession, signIn, signOut } = nextAuth;

// For the tests: the client itself, and every status that a page went through.
window.nextAuth = nextAuth;
window.seen = [];

function Account({ required }) {
  const { data, status, update } = useSession({ required });
  useEffect(() => {
    window.seen.push(status);
  }, [status]);
  window.update = update;
  return (
    <main>
      <p>
        <output id="status">{status}</output> <output id="name">{data?.user?.name ?? data?.user?.email}</output>
      </p>
      {status === "authenticated" ? <SignedIn update={update} /> : <SignedOut />}
    </main>
  );
}

function SignedOut() {
  return (
    <>
      <button id="oauth" onClick={() => signIn("op", { callbackUrl: "/?from=op" })}>
        Continue with OAuth
      </button>
      <Form id="email" fields={["email"]} onSubmit={(fields) => signIn("email", fields)} />
      <Form id="credentials" fields={["username", "password"]} onSubmit={(fields) => signIn("credentials", fields)} />
    </>
  );
}

function SignedIn({ update }) {
  return (
    <>
      <Form id="rename" fields={["name"]} onSubmit={update} />
      <button id="signout" onClick={() => signOut()}>
        Sign out
      </button>
    </>
  );
}

function Form({ id, fields, onSubmit }) {
  const submit = (event) => {
    event.preventDefault();
    onSubmit(Object.fromEntries(new FormData(event.target)));
  };
  return (
    <form id={id} onSubmit={submit}>
      {fields.map((name) => (
        <input key={name} name={name} aria-label={name} type={name === "password" ? "password" : "text"} />
      ))}
      <button>{id}</button>
    </form>
  );
}

createRoot(document.getElementById("root")).render(
  <SessionProvider>
    <Account required={location.pathname === "/required"} />
  </SessionProvider>,
);
