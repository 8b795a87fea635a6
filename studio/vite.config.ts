// The studio's build: a static page with relative addresses, for any host. Nothing is inlined, so that its policy can forbid inline code.
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const here = import.meta.dirname;

// What is shipped does not hang on the environment of whoever builds it: a development build holds the paths of its machine.
process.env["NODE_ENV"] = "production";

/** KaTeX names each font in three formats; every browser that runs the studio reads the first. */
const woff2Only: Plugin = {
  name: "woff2-only",
  enforce: "pre",
  transform: (code, id) =>
    /katex.*\.css/.test(id) ? code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\(["'](?:woff|truetype)["']\)/g, "") : undefined,
};

export default defineConfig({
  root: here,
  base: "./",
  plugins: [woff2Only],
  publicDir: resolve(here, "public"),
  build: {
    outDir: resolve(here, "../dist/studio"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  worker: { format: "es" },
});
