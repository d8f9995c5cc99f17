/** Shown after a link was mailed. */
export default function VerifyRequest() {
  return (
    <>
      <h1>Check your mail</h1>
      <p>We have sent you a link that signs you in. In this example it is on the terminal of the Go server.</p>
    </>
  );
}
