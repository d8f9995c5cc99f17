// Writes app.jsx with everything it imports to standard output, as one script
// for the browser. next-auth/react reads process.env, as bundlers provide it.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("app.jsx", import.meta.url))],
  bundle: true,
  write: false,
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"', "process.env": "{}" },
});
process.stdout.write(outputFiles[0].contents);
