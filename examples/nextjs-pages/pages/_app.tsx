import type { AppProps } from "next/app";
import Head from "next/head";
import { SessionProvider } from "next-auth/react";
import "../styles.css";

export default function App({ Component, pageProps }: AppProps) {
  return (
    <SessionProvider>
      <Head>
        <title>Custom pages</title>
        <link rel="icon" href="/icon.svg" />
      </Head>
      <main>
        <Component {...pageProps} />
      </main>
    </SessionProvider>
  );
}
