// Writes the tables of docs/sbea.md, between its markers, from the program itself: npx tsx scripts/write-sbea-tables.ts
// (test/sbea/docs.test.ts compares, so a stale table fails).
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DerivedOrder } from "../src/answer/derive.ts";
import { describeOrder } from "../src/sbea/describe.ts";
import { type GeneratorOrder, generator, type NoiseLaw } from "../src/sbea/generator.ts";
import { foretoldTerms, largestOrder } from "../src/sbea/growth.ts";
import { heavyBallGenerator } from "../src/sbea/heavy-ball.ts";
import { describeHeavyBall } from "../src/sbea/heavy-ball-text.ts";
import { beyondSde } from "../src/sbea/models.ts";

export const file = fileURLToPath(new URL("../docs/sbea.md", import.meta.url));
const laws: readonly NoiseLaw[] = ["constant", "gaussian", "general"];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function termTable({ terms }: DerivedOrder): string {
  return table(
    ["coefficient", "term", "lives on"],
    terms.map(({ coefficient, text, source }) => [coefficient, `\`${text}\``, source]),
  );
}

function orders(title: string, derived: readonly GeneratorOrder[], scalar: boolean): string {
  return derived
    .map((one) => `### ${title.replace("p", String(one.order))}\n\n${termTable(describeOrder(one, { minibatch: false, scalar }))}`)
    .join("\n\n");
}

/** The heavy ball's orders 0 to 3. */
function heavyBall(): string {
  return heavyBallGenerator(3, "general")
    .map(
      (one) =>
        `### L_${one.order} with momentum, any dimension\n\n${termTable(describeHeavyBall(one, { minibatch: false, scalar: false }))}`,
    )
    .join("\n\n");
}

/** Each table by the name of its markers. */
export function tables(): ReadonlyMap<string, string> {
  const derived = new Map(laws.map((law) => [law, generator(6, law)]));
  const upTo8 = Array.from({ length: 9 }, (_, p) => p);
  const counts = laws.map((law) => [
    law,
    ...upTo8.map((p) => (p <= 6 ? String(derived.get(law)![p]!.terms.length) : `${foretoldTerms(law, p)}`)),
    String(largestOrder(law)),
  ]);
  const lost = laws.map((law) => {
    const { order, terms } = describeOrder(beyondSde(derived.get(law)!)!, { minibatch: false, scalar: false });
    return [law, `L_${order}`, terms.map(({ coefficient, text }) => `\`${coefficient} ${text}\``).join(", "), String(order)];
  });
  return new Map([
    ["counts", table(["noise", ...upTo8.map((p) => `L_${p}`), "highest order given"], counts)],
    ["beyond", table(["noise", "first order that no SDE carries", "what it has", "highest weak order of an SDE"], lost)],
    ["any-dimension", orders("L_p, any dimension", derived.get("general")!.slice(0, 5), false)],
    ["one-dimension", orders("L_p, one dimension", derived.get("general")!.slice(0, 5), true)],
    ["heavy-ball", heavyBall()],
  ]);
}

/** The document with each table put between its markers. */
export function withTables(document: string): string {
  let text = document;
  for (const [name, content] of tables()) {
    const [start, end] = [`<!-- table: ${name} -->`, `<!-- end: ${name} -->`];
    const from = text.indexOf(start);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`docs/sbea.md lacks the markers ${start} and ${end}`);
    text = `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
  }
  return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, withTables(readFileSync(file, "utf8")));
