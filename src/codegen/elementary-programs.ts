// The elementary functions as programs: each is built once, from its one description in numerics/elementary, for every backend.
import { InternalError } from "../errors.ts";
import { elementaryFunctions } from "../numerics/elementary/list.ts";
import { logSlopeOf } from "./log-slope.ts";
import { buildProgram, type Program } from "./program.ts";

const built = new Map<string, Program>();

/**
 * The program of an elementary function: the names of numerics/elementary/list.ts, and `logSlope0`, `logSlope1`, ... (log-slope.ts).
 * @throws InternalError `codegen/function` for any other name
 */
export function elementaryProgram(name: string): Program {
  const known = built.get(name);
  if (known !== undefined) return known;
  const program = buildElementary(name);
  built.set(name, program);
  return program;
}

function buildElementary(name: string): Program {
  const order = /^logSlope(\d+)$/.exec(name)?.[1];
  if (order !== undefined) {
    const m = buildProgram(1);
    return m.finish([logSlopeOf(m, Number(order), m.input(0))]);
  }
  const f = elementaryFunctions.get(name);
  if (f === undefined) throw new InternalError("codegen/function", `there is no elementary function "${name}"`);
  const m = buildProgram(f.arity);
  return m.finish([f.arity === 1 ? f.define(m, m.input(0)) : f.define(m, m.input(0), m.input(1))]);
}
