// Errors in formulas: the code, every column, and the words that help.
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { parseCondition, parseFormula } from "../../src/expr/parse.ts";

interface Found {
  code: string;
  message: string;
  columns: number[];
}

function errorOf(read: () => unknown): Found {
  try {
    read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const problems = error.details["problems"] as { column: number }[] | undefined;
    return { code: error.code, message: error.message, columns: problems?.map((p) => p.column) ?? [] };
  }
  throw new Error("nothing was thrown");
}

const formula = (text: string): Found => errorOf(() => parseFormula(text, { variables: ["x", "w"], field: "objective.formula" }));
const region = (text: string): Found => errorOf(() => parseCondition(text, { variables: ["x"], field: "inside" }));

describe("one error", () => {
  it.each<[string, number, RegExp]>([
    ["x^2 + y", 7, /unknown name "y"; variables: x w; constants: pi e; functions: exp log/],
    ["exp(x", 4, /"\(" is never closed/],
    ["(x + 1", 1, /never closed/],
    ["x + 1)", 6, /"\)" closes nothing/],
    ["sin x", 1, /write sin\(x\)/],
    ["2 + sin", 5, /write sin\(\.\.\.\)/],
    ["x(2)", 1, /"x" is no function; a product is written x\*\(\.\.\.\)/],
    ["constructor(x)", 1, /unknown function "constructor"/],
    ["__proto__ + x", 1, /unknown name "__proto__"/],
    ["xw", 1, /a product is written x\*w/],
    ["1 + sinx", 5, /write sin\(x\)/],
    ["sqr(x)", 1, /did you mean sqrt/],
    ["tahn(x)", 1, /did you mean tanh/],
    ["ln(x)", 1, /the natural logarithm is log/],
    ["2 +", 4, /ends too early.*after "\+"/],
    ["* x", 1, /unexpected "\*"/],
    ["x + * w", 5, /unexpected "\*".*after "\+"/],
    ["2 3", 3, /unexpected number 3/],
    ["(x+1)2", 6, /unexpected number 2/],
    ["()", 2, /nothing stands between the parentheses/],
    ["exp()", 5, /exp needs an argument/],
    ["x**2", 2, /written \^ here/],
    ["x\u00B2", 2, /x\^2/],
    ["x < 0", 3, /comparisons stand only in a region/],
    ["x = 1", 3, /comparisons stand only in a region/],
    ["x!", 2, /no meaning here/],
    ["|x", 1, /abs\(x\)/],
    ["{x", 1, /only round brackets/],
    ["1e999", 1, /too large/],
    ["x # w", 3, /unexpected character "#" \(U\+0023\)/],
    ["x \u0000", 3, /unexpected character U\+0000/],
    ["x + \u{1F600}", 5, /unexpected character/],
    ["", 1, /the formula is empty/],
    ["   ", 1, /the formula is empty/],
  ])("%j at column %d", (text, column, words) => {
    const { columns, message } = formula(text);
    expect(columns).toEqual([column]);
    expect(message).toMatch(words);
    expect(message).toContain(`column ${column}`);
    const [field, line, carets] = message.split("\n");
    expect(field).toBe("objective.formula:");
    expect(line).toBe(`    ${text.replace(/\s/g, " ")}`);
    expect(carets).toBe(`    ${" ".repeat(column - 1)}^`);
  });
});

describe("several errors at once", () => {
  it.each<[string, number[]]>([
    ["process.exit(7)", [1, 8]],
    ["y + sin x + z", [1, 5, 13]],
    ["x)+(", [2, 4, 5]],
    ["x + + * (y", [7, 9, 10]],
    ["a[1] + b", [1, 2, 4, 8]],
    ["max(x, 0)", [1, 6]],
    ["2 3 + ()", [3, 8]],
  ])("%j at columns %j", (text, columns) => {
    const found = formula(text);
    expect(found.columns).toEqual(columns);
    const carets = found.message.split("\n")[2]!;
    for (const column of columns) expect(carets[3 + column]).toBe("^");
    expect(found.message).toContain(`${columns.length} errors in objective.formula`);
  });

  it("lists eight and counts the rest", () => {
    const { message, columns } = formula(Array.from({ length: 12 }, (_, i) => `q${i}`).join(" + "));
    expect(columns).toHaveLength(8);
    expect(message).toContain("... and 4 more");
  });

  it("names the line where there are several", () => {
    const { message } = formula("x\n + yy\n + sin x");
    expect(message).toContain("line 2, column 4: unknown name");
    expect(message).toContain("line 3, column 4: sin is a function");
    expect(message).toContain("     + yy\n       ^");
  });

  it("shows an excerpt of a long line around the column", () => {
    const text = `${"x + ".repeat(100)}q + ${"x + ".repeat(100)}x`;
    const { message, columns } = formula(text);
    expect(columns).toEqual([401]);
    const [, line, carets] = message.split("\n");
    expect(line!.length).toBeLessThan(100);
    expect(line![carets!.indexOf("^")]).toBe("q");
  });
});

describe("codes", () => {
  it("tell what is wrong", () => {
    expect(formula("x +").code).toBe("expr/syntax");
    expect(formula("q").code).toBe("expr/unknown-name");
    expect(formula("x > 1").code).toBe("expr/comparison");
    expect(region("x").code).toBe("expr/comparison");
    expect(formula("(".repeat(1001)).code).toBe("expr/too-deep");
    expect(formula("x".repeat((1 << 20) + 1)).code).toBe("expr/too-long");
  });
});

describe("declarations", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["a digit first", () => parseFormula("x", { variables: ["1x"] }), /"1x" cannot name a variable/],
    ["an empty name", () => parseFormula("x", { variables: [""] }), /cannot name a variable/],
    ["a blank in it", () => parseFormula("x", { variables: ["a b"] }), /cannot name a variable/],
    ["a function's name", () => parseFormula("x", { variables: ["exp"] }), /"exp" is a function/],
    ["and", () => parseFormula("x", { variables: ["and"] }), /cannot name a variable/],
    ["twice", () => parseFormula("x", { variables: ["x", "x"] }), /declared twice/],
    ["variable and constant", () => parseFormula("x", { variables: ["x"], constants: { x: 1 } }), /both as a variable and as a constant/],
    ["an infinite constant", () => parseFormula("x", { constants: { a: Number.POSITIVE_INFINITY } }), /finite/],
    ["a constant's name", () => parseFormula("x", { constants: { "a-b": 1 } }), /cannot name a constant/],
  ])("%s is refused", (_what, read, words) => {
    const { code, message } = errorOf(read);
    expect(code).toBe("expr/variables");
    expect(message).toMatch(words);
  });
});

describe("regions", () => {
  it.each<[string, number[], RegExp]>([
    ["x", [1], /a comparison is missing/],
    ["x = 0", [3], /gives no region/],
    ["x != 0", [3], /gives no region/],
    ["-1 < x > 2", [8], /a chain points one way/],
    ["x < 0 or x > 3", [7, 12], /joined by "and" alone/],
    ["x < ", [5], /missing on one side/],
    ["< x", [1], /missing on one side/],
    ["and x < 0", [1], /missing beside "and"/],
    ["x < 0 and", [10], /missing beside "and"/],
    ["x + (x < 0) < 2", [8], /comparisons cannot be parts of a formula/],
    ["x < 0 and x", [11], /a comparison is missing/],
    ["x < y && x < 0", [5, 7], /joined by the word "and"/],
    ["(x < 1", [1], /never closed/],
  ])("%j", (text, columns, words) => {
    const { message, columns: found } = region(text);
    expect(found).toEqual(columns);
    expect(message).toMatch(words);
  });
});
