// Prints an elementary function as a TypeScript function of numbers, one operation a line. The generic description run directly would
// call a method of Arithmetic for every operation, which no JavaScript engine inlines in full: 270 ns for exp instead of 15.
// numerics/elementary/numbers.ts is made this way (scripts/print-elementary.ts) and a test compares the two.
import { InternalError } from "../errors.ts";
import { elementaryFunctions } from "../numerics/elementary/list.ts";
import { elementaryProgram } from "./elementary-programs.ts";
import { type Instruction, isCondition, type Operation, type Program } from "./program.ts";

const infix: ReadonlyMap<Operation, string> = new Map([
  ["add", "+"],
  ["subtract", "-"],
  ["multiply", "*"],
  ["divide", "/"],
  ["less", "<"],
  ["lessEqual", "<="],
  ["equal", "==="],
  ["and", "&&"],
  ["or", "||"],
]);

const named = new Map<number, string>(
  (["E", "LN2", "LN10", "LOG2E", "LOG10E", "PI", "SQRT1_2", "SQRT2"] as const).map((name) => [Math[name], `Math.${name}`]),
);

function printNumber(value: number): string {
  const name = named.get(value);
  if (name !== undefined) return name;
  if (Number.isNaN(value)) return "Number.NaN";
  if (value === Number.POSITIVE_INFINITY) return "Number.POSITIVE_INFINITY";
  if (value === Number.NEGATIVE_INFINITY) return "Number.NEGATIVE_INFINITY";
  if (Object.is(value, -0)) return "-0";
  // The shortest text, except where its last digit is a rounded 5: linters then count it as a loss.
  const exact = value.toPrecision(17);
  return (/[1-9]5(e|$)/.test(exact) ? exact : String(value)).replace("e+", "e");
}

/** `export function name(x: number, y: number): number { ... }`. */
export function printFunction(name: string, program: Program): string {
  const parameters = ["x", "y"].slice(0, program.inputCount);
  const names: string[] = [];
  const lines: string[] = [];
  for (const [v, instruction] of program.instructions.entries()) {
    if (instruction.operation === "constant") names.push(printNumber(instruction.value));
    else if (instruction.operation === "input") names.push(parameters[instruction.value]!);
    else {
      names.push(`${isCondition.has(instruction.operation) ? "b" : "v"}${v}`);
      lines.push(`  const ${names[v]} = ${printOperation(instruction, names)};`);
    }
  }
  const signature = parameters.map((parameter) => `${parameter}: number`).join(", ");
  return [`export function ${name}(${signature}): number {`, ...lines, `  return ${names[program.outputs[0]!]};`, "}"].join("\n");
}

function printOperation({ operation, operands, callee }: Instruction, names: readonly string[]): string {
  const [x, y, z] = operands.map((v) => names[v]!) as [string, string, string];
  switch (operation) {
    case "equal":
      return x === y ? `!Number.isNaN(${x})` : `${x} === ${y}`;
    case "negate":
      return `-${x}`;
    case "not":
      return `!${x}`;
    case "sqrt":
    case "abs":
      return `Math.${operation}(${x})`;
    case "select":
      return `${x} ? ${y} : ${z}`;
    case "rarely":
      return `${x} ? ${callee}(${y}) : ${z}`;
    case "call1":
      return `${callee}(${x})`;
    case "call2":
      return `${callee}(${x}, ${y})`;
    case "copysign":
    case "flipSign":
    case "flipOdd":
    case "ldexp":
      return `${operation}(${x}, ${y})`;
    case "pow2":
    case "exponentOf":
    case "mantissaOf":
    case "centredExponentOf":
    case "centredMantissaOf":
      return `${operation}(${x})`;
    case "gather":
      throw new InternalError("codegen/operation", "gather is for kernels only");
    default:
      return `${x} ${infix.get(operation)!} ${y}`;
  }
}

/** The whole of numerics/elementary/numbers.ts. */
export function printElementaryFunctions(): string {
  const functions = [...elementaryFunctions.keys()].map((name) => printFunction(name, elementaryProgram(name)));
  const tools = ["centredExponentOf", "centredMantissaOf", "copysign", "exponentOf", "flipOdd", "flipSign", "ldexp", "mantissaOf", "pow2"];
  const used = tools.filter((tool) => functions.some((text) => text.includes(`${tool}(`)));
  return [
    "// Printed by scripts/print-elementary.ts from the descriptions in this folder: do not edit. The elementary functions on numbers, the same",
    "// operations in the same order as in every other backend. What they are and how accurate: numerics/elementary.ts and the descriptions.",
    `import { ${used.join(", ")} } from "../arithmetic.ts";`,
    "",
    functions.join("\n\n"),
    "",
  ].join("\n");
}
