// API pages by typedoc, of the public entries: escapement, escapement/report, escapement/node.
import { Application } from "typedoc";

export async function writeApi(out: string): Promise<void> {
  const app = await Application.bootstrap({
    entryPoints: ["src/index.ts", "src/report/index.ts", "src/node.ts"],
    tsconfig: "docs-site/typedoc.tsconfig.json",
    name: "Escapement: API",
    readme: "none",
    out,
    excludeExternals: true,
    excludePrivate: true,
    disableSources: true,
    hideGenerator: true,
    githubPages: false,
    navigationLinks: { Documentation: "../index.html" },
    // addresses in comments stay text
    markdownItOptions: { linkify: false },
    logLevel: "Error",
    // npm test checks types
    skipErrorChecking: true,
    // types of the library's inner layers are named in signatures and are no entries
    validation: { notExported: false, invalidLink: true, notDocumented: false },
  });
  const project = await app.convert();
  if (!project || app.logger.hasErrors()) throw new Error("typedoc found errors: see above");
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new Error("typedoc found errors: see above");
}
