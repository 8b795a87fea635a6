// dist/browser/escapement.js (its types are tsdown's): library and figures as one minified module that imports nothing, for pages without a bundler and for notebooks.
import { build } from "vite";

await build({
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  build: {
    outDir: "dist/browser",
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: "src/browser.ts", formats: ["es"], fileName: () => "escapement.js" },
    // what is loaded when it is needed is part of the one file, too
    rolldownOptions: { output: { codeSplitting: false, minify: true } },
  },
});
