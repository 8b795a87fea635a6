// Who may import whom: one table (docs/contributing.md), from which the rules are made. Type imports count; cycles are errors.
const mayImport = {
  numerics: [],
  answer: [],
  report: [],
  expr: ["numerics"],
  codegen: ["expr", "numerics"],
  sbea: ["expr", "numerics"],
  problem: ["codegen", "expr", "numerics"],
  model: ["problem", "sbea", "expr", "numerics"],
  law: ["model", "problem", "sbea", "codegen", "expr", "numerics"],
  ensemble: ["model", "problem", "sbea", "codegen", "expr", "numerics"],
  question: ["law", "ensemble", "sbea", "model", "problem", "numerics"],
  claim: ["question", "law", "ensemble", "sbea", "model", "problem", "numerics"],
  node: ["ensemble", "question", "problem"],
  cluster: ["node", "ensemble", "question", "problem"],
  cli: ["report"],
};
/** Files beside the folders, and who may import them besides `mayImport`. */
const forAll = "^src/(errors|version)\\.ts$|^src/answer/";
const entries = { cli: "^src/(index|node)\\.ts$" };

/** Each package at one place. */
const packages = {
  "ml-matrix": ["numerics"],
  zod: ["problem", "node", "cluster"],
  papaparse: ["problem"],
  "@observablehq/plot": ["report"],
  linkedom: ["node"],
  "hyparquet-writer": ["node"],
  hyparquet: ["node"],
  koffi: ["node"],
  bullmq: ["cluster"],
  ioredis: ["cluster"],
  commander: ["cli"],
  "cli-progress": ["cli"],
  preact: ["studio"],
  katex: ["studio"],
};

const folders = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `walls-${folder}`,
  comment: `src/${folder} may import ${[...allowed, "answer", "errors.ts"].join(", ")}`,
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: {
    path: "^src/",
    pathNot: [`^src/${folder}/`, forAll, ...allowed.map((a) => `^src/${a}/`), ...(entries[folder] ? [entries[folder]] : [])],
  },
}));

/** The studio: the library's public lists, and its own folders in one direction. */
const studioMayImport = {
  engine: [],
  state: ["engine"],
  part: ["state", "engine"],
  answer: ["part", "state", "engine"],
  stage: ["part", "state", "engine"],
  panel: ["part", "state", "engine"],
  tour: ["state", "engine", "stage", "answer", "panel", "part"],
};
const studio = [
  ...Object.entries(studioMayImport).map(([folder, allowed]) => ({
    name: `walls-studio-${folder}`,
    comment: `studio/${folder} may import ${[...allowed, "the library's index.ts and report/index.ts"].join(", ")}`,
    severity: "error",
    from: { path: `^studio/${folder}/` },
    to: { path: "^studio/", pathNot: [`^studio/${folder}/`, ...allowed.map((a) => `^studio/${a}/`)] },
  })),
  {
    name: "studio-is-a-client",
    severity: "error",
    from: { path: "^studio/" },
    to: { path: "^(src|test|bench|scripts)/", pathNot: "^src/(index|report/index)\\.ts$" },
  },
];

const packageRules = Object.entries(packages).map(([name, places]) => ({
  name: `package-${name}`,
  severity: "error",
  from: { path: "^src/", pathNot: places.map((place) => `^(src/)?${place}/`) },
  to: { path: `^node_modules/(@types/)?${name}/` },
}));

export default {
  forbidden: [
    ...folders,
    ...packageRules,
    ...studio,
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-node-modules-elsewhere",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(node|cluster|cli)/|^src/node\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "browser-safe-index",
      severity: "error",
      from: { path: "^src/index\\.ts$" },
      to: { path: "^src/(node|cluster|cli)/|^src/node\\.ts$" },
    },
    { name: "unresolved", severity: "error", from: { path: "^src/" }, to: { couldNotResolve: true } },
    {
      name: "src-stands-alone",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench|examples|scripts)/", pathNot: "\\.json$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".js", ".mjs", ".json"],
    },
  },
};
