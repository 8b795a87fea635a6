// Writes src/numerics/elementary/numbers.ts: `npx tsx scripts/print-elementary.ts` after a change to an elementary function.
import { writeFileSync } from "node:fs";
import { printElementaryFunctions } from "../src/codegen/print-typescript.ts";

writeFileSync(new URL("../src/numerics/elementary/numbers.ts", import.meta.url), printElementaryFunctions());
