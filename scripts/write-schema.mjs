// Writes the problem file's JSON Schema where editors find it.
import { mkdirSync, writeFileSync } from "node:fs";
import { problemJsonSchema } from "../dist/index.js";

mkdirSync(new URL("../schema/", import.meta.url), { recursive: true });
writeFileSync(new URL("../schema/problem.schema.json", import.meta.url), `${JSON.stringify(problemJsonSchema(), null, 2)}\n`);
