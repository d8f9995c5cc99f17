/** @type {import("next").NextConfig} */
export default {
  // "next build" keeps the destination: set NEXTAUTH_URL_INTERNAL there, too.
  rewrites: async () => [
    { source: "/api/auth/:path*", destination: `${process.env.NEXTAUTH_URL_INTERNAL}/api/auth/:path*` },
  ],
};
