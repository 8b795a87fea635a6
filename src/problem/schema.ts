// The problem file's schema: one description from which the reader, the messages and the JSON Schema for editors come.
// It checks shapes only; what needs the objective (lengths, symmetry, names in formulas) is checked where it is built.
import { z } from "zod";

const formulaText = z.string().min(1).describe("a formula");
const entry = z.union([z.number(), formulaText]).describe("a number or a formula in the objective's variables");
const rows = z.array(z.array(z.number())).min(1);

const data = z
  .union([
    z.string().min(1).describe("path of a .csv, .parquet or .npz file, relative to the problem file"),
    z.strictObject({
      columns: z.array(z.string()).min(1),
      rows: z.array(z.array(z.union([z.number(), z.string(), z.null()]))).min(1),
    }),
  ])
  .describe("a data file's path, or the table itself");

const leastSquares = z.strictObject({
  data,
  target: z.string().describe("the column to predict"),
  features: z.array(z.string()).min(1).optional().describe("default: every column but the target, in the file's order"),
  intercept: z.boolean().optional().describe("adds a column of ones as the last parameter"),
  standardize: z.boolean().optional().describe("features to mean 0 and population standard deviation 1"),
  l2: z.number().min(0).optional(),
});

const network = z.strictObject({
  data,
  target: z.string().describe("the column of classes, or of the number to predict"),
  features: z.array(z.string()).min(1).optional().describe("default: every column but the target, in the file's order"),
  standardize: z.boolean().optional().describe("features to mean 0 and population standard deviation 1"),
  hidden: z.array(z.int().min(1)).optional().describe("widths of the hidden layers; []: multinomial logistic or linear regression"),
  activation: z.enum(["tanh", "softplus", "sigmoid", "relu"]).optional().describe("of the hidden layers; default tanh"),
  loss: z.enum(["cross-entropy", "squared-error"]).describe("softmax over classes, or one output and a numeric target"),
  l2: z.number().min(0).optional().describe("adds l2 |x|^2/2, biases included"),
  weights: z.string().optional().describe('a .safetensors or .npz file for "start": "weights"'),
});

const objective = z.strictObject({
  formula: formulaText.optional(),
  variables: z.array(z.string()).min(1).optional().describe("names of x_1 .. x_d; default: in order of appearance"),
  constants: z.record(z.string(), z.number()).optional(),
  quadratic: z
    .strictObject({ matrix: rows, center: z.array(z.number()).optional() })
    .optional()
    .describe("(x-c)^T A (x-c)/2"),
  leastSquares: leastSquares.optional().describe("sum_i (X_i.x - y_i)^2/(2n) + l2 |x|^2/2"),
  network: network.optional(),
  oracle: z
    .strictObject({
      command: z.array(z.string().min(1)).min(1).describe("the program and its arguments, run in the problem file's folder"),
      timeLimit: z.number().positive().optional().describe("seconds an answer may take; default 60"),
    })
    .optional()
    .describe("a program that answers for the objective; runs only with --allow-oracle"),
});

const gaussian = z.strictObject({
  sigma: entry.optional().describe("standard deviation: covariance sigma^2 I"),
  covariance: z.array(z.array(entry)).min(1).optional(),
});

const noise = z.strictObject({
  gaussian: gaussian.optional(),
  discrete: z
    .strictObject({ values: z.array(z.array(entry)).min(1), probabilities: z.array(entry).min(1) })
    .optional()
    .describe("finitely many noise vectors of mean zero"),
  minibatch: z
    .strictObject({ size: z.int().min(1), replacement: z.boolean(), epochs: z.boolean().optional() })
    .optional()
    .describe("for finite sums"),
});

export const problemSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().optional(),
  description: z.string().optional().describe("what the problem shows, in a line"),
  objective,
  noise,
  learningRate: z.number().positive(),
  momentum: z.number().min(0).lt(1).optional().describe("heavy ball: v+ = beta v - eta g, x+ = x + v+"),
  velocity: z.array(z.number()).min(1).optional().describe("v_0; default: zeros"),
  start: z.union([z.array(z.number()).min(1), z.literal("weights"), z.strictObject({ seed: z.int() })]),
  steps: z.int().min(1).max(1e9),
  tests: z.array(formulaText).min(1).optional(),
  at: z.array(z.int().min(1)).min(1).optional(),
  inside: z.string().min(1).optional(),
});

export type ProblemFile = z.infer<typeof problemSchema>;
export type ObjectiveFile = ProblemFile["objective"];
export type NoiseFile = ProblemFile["noise"];
export type DataFile = z.infer<typeof data>;
export type NetworkFile = z.infer<typeof network>;
export type LeastSquaresFile = z.infer<typeof leastSquares>;

/** The forms of which exactly one must be given, in interface.md's order. */
export const objectiveForms = ["formula", "quadratic", "leastSquares", "network", "oracle"] as const;
export const noiseForms = ["gaussian", "discrete", "minibatch"] as const;

/** JSON Schema (2020-12) of a problem file, as `escapement schema` prints it. */
export function problemJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(problemSchema, { io: "input" }) as Record<string, unknown>;
  const properties = schema["properties"] as Record<string, Record<string, unknown>>;
  properties["objective"]!["oneOf"] = objectiveForms.map((form) => ({ required: [form] }));
  properties["noise"]!["oneOf"] = noiseForms.map((form) => ({ required: [form] }));
  return {
    ...schema,
    title: "Escapement problem",
    description: "A problem for escapement: an objective, its gradient noise, a learning rate.",
  };
}
