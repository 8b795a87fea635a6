// Random symmetric matrices for ensembles of quadratics, from the random streams of everything else: the same everywhere.
import type { Matrix } from "../numerics/arrays.ts";
import { multiplyRectangular, transpose } from "../numerics/linear.ts";
import { createStream, type RandomStream } from "../numerics/random.ts";

/** A stream of its own for each member of an ensemble. */
export function memberStream(seed: number, member: number): RandomStream {
  const stream = createStream(seed);
  stream.moveTo(member, 0, "start");
  return stream;
}

export function normals(stream: RandomStream, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => stream.normal());
}

/** Symmetric with independent normal entries (variance 1/2 beside the diagonal, 1 on it): curvatures of both signs. */
export function randomSymmetric(stream: RandomStream, d: number): Matrix {
  const a = normals(stream, d * d);
  return a.map((_, k) => 0.5 * (a[k]! + a[(k % d) * d + Math.floor(k / d)]!));
}

/** G G^T/rank with G d x rank of independent normals: a covariance of that rank. */
export function randomCovariance(stream: RandomStream, d: number, rank: number): Matrix {
  const g = normals(stream, d * rank);
  return multiplyRectangular(g, transpose(g, d, rank), d, rank, d).map((value) => value / rank);
}
