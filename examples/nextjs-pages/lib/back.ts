/**
 * Where the visitor goes after signing in: the callbackUrl if it is an address
 * of this site, else the home page. Whoever made the link to the page chose that
 * parameter. An address that leads to a sign-in page again would send a
 * signed-in visitor round in circles.
 */
export function back(callbackUrl: string | string[] | undefined): string {
  const site = new URL(process.env.NEXTAUTH_URL!);
  try {
    const target = new URL(String(callbackUrl ?? "/"), site);
    const path = decodeURIComponent(target.pathname).replace(/\/+/g, "/");
    if (target.origin === site.origin && !/^\/(api\/)?auth\//.test(path)) {
      return target.href;
    }
  } catch {
    // It is no address at all.
  }
  return site.href;
}
