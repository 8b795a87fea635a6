import { defineConfig } from "tsdown";

// One build for Node and browsers; the command's file is small and loads the rest when it is needed.
export default defineConfig({
  entry: {
    index: "src/index.ts",
    "report/index": "src/report/index.ts",
    // types only: scripts/build-browser.mjs writes the one file
    "browser/escapement": "src/browser.ts",
    node: "src/node.ts",
    "node/pool-thread": "src/node/pool-thread.ts",
    "node/network-thread": "src/node/network-thread.ts",
    "node/oracle-thread": "src/node/oracle-thread.ts",
    "cli/main": "src/cli/main.ts",
  },
  format: "esm",
  platform: "neutral",
  target: "es2022",
  dts: true,
  clean: true,
  sourcemap: false,
  // the types keep the documentation
  outputOptions: { comments: { legal: true, annotation: true, jsdoc: false } },
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
  // packages of many small files, which took longer to find than to run, are part of the build; "fs" is theirs
  deps: { neverBundle: [/^node:/, "fs"], alwaysBundle: ["zod", "hyparquet", "hyparquet-writer"] },
});
