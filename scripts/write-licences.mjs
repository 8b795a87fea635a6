// Writes docs/licences.md, the licences of all that is installed with the package or is part of it, and LICENSES.txt, the texts that have to go
// with what is part of it: the build holds other packages' code. `node scripts/write-licences.mjs`; a test
// (test/package/licences.test.ts) fails where the files are not what this writes, or a licence is not one of those allowed.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Licences that go with MIT. */
export const allowed = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "Unlicense"]);

/** Packages whose code is in dist, with all that they need. */
const bundledRoots = [
  "@observablehq/plot",
  "ml-matrix",
  "papaparse",
  "zod",
  "hyparquet",
  "hyparquet-writer",
  "preact",
  "@preact/signals",
  "katex",
];

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;

/** The lock file's entry that a package finds by a name. */
function resolve(from, name) {
  for (let folder = from; ; folder = folder.includes("/node_modules/") ? folder.slice(0, folder.lastIndexOf("/node_modules/")) : "") {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock[path]) return path;
    if (folder === "") return undefined;
  }
}

/** All entries that these need, themselves included, for every platform. */
function closure(names) {
  const found = new Set();
  const visit = (path) => {
    if (path === undefined || found.has(path)) return;
    found.add(path);
    for (const name of Object.keys({ ...lock[path].dependencies, ...lock[path].optionalDependencies })) visit(resolve(path, name));
  };
  for (const name of names) visit(resolve("", name));
  return found;
}

function licenceText(path) {
  let files;
  try {
    files = readdirSync(path);
  } catch {
    return undefined;
  }
  const file = files.sort().find((each) => /^licen[cs]e/i.test(each));
  return file === undefined ? undefined : readFileSync(join(path, file), "utf8").trim();
}

/** Every package with its licence, by name. */
export function packages() {
  const root = lock[""];
  const installed = closure([...Object.keys(root.dependencies), ...Object.keys(root.optionalDependencies ?? {})]);
  const bundled = closure(bundledRoots.filter((name) => resolve("", name)));
  // commander is there for command lines of these packages, which are no part of a page
  const part = new Set([...bundled].filter((path) => !/node_modules\/(commander)$/.test(path)));
  return [...new Set([...installed, ...part])]
    .map((path) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version: lock[path].version,
      licence: lock[path].license ?? "unknown",
      use: installed.has(path) ? (part.has(path) ? "installed, and part of the build" : "installed") : "part of the build",
      part: part.has(path),
      path,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

export function licencesPage(all = packages()) {
  const counts = new Map();
  for (const { licence } of all) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const summary = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([licence, count]) => `${count} ${licence}`)
    .join(", ");
  const rows = all.map(({ name, version, licence, use }) => `| ${name} | ${version} | ${licence} | ${use} |`);
  return `# Licences

Escapement is under the MIT licence (\`LICENSE\`). What is installed with it, or is part of it, is under: ${summary}. The texts
that have to go with what is part of the browser's file and of the studio are in \`LICENSES.txt\` of the package. Distributed runs ask for two packages more,
bullmq (MIT) and ioredis (MIT), which you install yourself. Written by \`node scripts/write-licences.mjs\`.

The data of the gallery: the irises (Fisher, 1936), the diabetes data (Efron, Hastie, Johnstone and Tibshirani, 2004) and the handwritten digits
(Alpaydin and Kaynak, 1998; test part) are the tables that come with scikit-learn.

| package | version | licence | how it is used |
|---|---|---|---|
${rows.join("\n")}
`;
}

export function licenceTexts(all = packages()) {
  const parts = all.filter(({ part }) => part);
  const texts = parts.map(({ name, version, licence, path }) => {
    const text = licenceText(path);
    if (text === undefined) throw new Error(`${path}: no licence's text`);
    return `${"=".repeat(80)}\n${name} ${version} (${licence})\n${"=".repeat(80)}\n\n${text}\n`;
  });
  return `Code of these packages is part of dist/browser and dist/studio.\n\n${texts.join("\n")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync("docs/licences.md", licencesPage());
  writeFileSync("LICENSES.txt", licenceTexts());
}
