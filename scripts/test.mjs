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

function ensure(path, debian) {
  if (existsSync(path)) return;
  console.log(`\n== ${path} is missing: installing Debian's ${debian}`);
  const apt = ["-o", "DPkg::Lock::Timeout=300", "-qq"];
  const root = process.getuid?.() === 0;
  const ok = root && spawnSync("apt-get", [...apt, "update"], { stdio: "inherit" }).status === 0 && spawnSync("apt-get", [...apt, "install", "-y", ...debian.split(" ")], { stdio: "inherit" }).status === 0;
  if (!ok || !existsSync(path)) {
    console.error(`npm test needs ${path}: install the package ${debian} (apt-get install ${debian})`);
    process.exit(1);
  }
}

const bin = (name) => `node_modules/.bin/${name}`;
ensure("/usr/bin/chromium", "chromium fonts-dejavu-core");
run("types", bin("tsc"), ["-p", "."]);
run("format and lint", bin("biome"), ["ci", "--error-on-warnings", "."]);
mustFail("lint rule against engines' functions and clocks", bin("biome"), ["lint", "test/fixtures/lint"], ["Found 4 errors"]);
run("walls", bin("depcruise"), ["--config", ".dependency-cruiser.mjs", "src"]);
mustFail("walls' fixture", "../../../node_modules/.bin/depcruise", ["--config", "../../../.dependency-cruiser.mjs", "src"], ["walls-numerics", "no-node-modules-elsewhere"], { cwd: "test/fixtures/walls" });
run("build", "npm", ["run", "build", "--silent"]);
run("tests", bin("vitest"), ["run"]);
