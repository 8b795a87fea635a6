// npm test: formatter, linter, types, walls, build, then every test. Installs what the tests need where it can, else names it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const run = (title, command, args, options = {}) => {
  console.log(`\n== ${title}`);
  const { status } = spawnSync(command, args, { stdio: "inherit", ...options });
  if (status !== 0) {
    console.error(`npm test: ${title} failed (${command} ${args.join(" ")})`);
    process.exit(status ?? 1);
  }
};

/** A fixture that a check must refuse: else the check sees nothing. */
const mustFail = (title, command, args, expected, options = {}) => {
  console.log(`\n== ${title} (must be refused)`);
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", ...options });
  const missing = expected.filter((text) => !`${stdout}${stderr}`.includes(text));
  if (status === 0 || missing.length > 0) {
    console.error(`npm test: ${title}: the fixture passed, or was refused without saying ${missing.join(", ")}\n${stdout}${stderr}`);
    process.exit(1);
  }
};

/** Installs Debian packages where we may; fails and names them where we may not. */
function install(what, debian, isThere) {
  console.log(`\n== ${what} is missing: installing Debian's ${debian}`);
  const apt = (...args) => spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", "-qq", ...args], { stdio: "inherit" }).status === 0;
  const root = process.getuid?.() === 0;
  if (!(root && apt("update") && apt("install", "-y", ...debian.split(" ")) && isThere())) {
    console.error(`npm test needs ${what}: install ${debian} (apt-get install ${debian})`);
    process.exit(1);
  }
}

if (!existsSync("/usr/bin/chromium")) install("Chromium", "chromium fonts-dejavu-core", () => existsSync("/usr/bin/chromium"));
const redis = () => spawnSync("redis-server", ["--version"]).status === 0;
if (!redis()) install("redis-server", "redis-server", redis);
const python = spawnSync("/usr/bin/python3", ["-c", "import numpy"]).status === 0;
if (!python)
  install("NumPy for /usr/bin/python3", "python3-numpy", () => spawnSync("/usr/bin/python3", ["-c", "import numpy"]).status === 0);

const bin = (name) => `node_modules/.bin/${name}`;
run("types", bin("tsc"), ["-p", "."]);
run("format and lint", bin("biome"), ["ci", "--error-on-warnings", "."]);
mustFail(
  "lint rule against engines' functions and clocks",
  bin("biome"),
  ["lint", "--config-path=scripts/lint-fixture.json", "test/fixtures/lint"],
  ["engines differ", "no clock in the library", "Found 4 errors"],
);
run("walls", bin("depcruise"), ["--config", ".dependency-cruiser.mjs", "src"]);
mustFail(
  "walls' fixture",
  "../../../node_modules/.bin/depcruise",
  ["--config", "../../../.dependency-cruiser.mjs", "src"],
  ["walls-numerics", "no-node-modules-elsewhere"],
  { cwd: "test/fixtures/walls" },
);
run("build", "npm", ["run", "build", "--silent"]);
run("tests", bin("vitest"), ["run"]);
