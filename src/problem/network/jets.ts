// Which products make up a derivative. Parameters move along straight lines, x + s u + t v; a quantity q has the components q (none of the
// directions), q_u, q_v, q_uv, and a product p q has (p q)_c = sum of p_a q_b over the ways to part c into a and b. The gradient's component u is
// H u, its component uv is D3f[u, v].

/** 0: the value; 1: along u; 2: along v; 3: along both. Bits: to part c is to part its bits. */
export type Component = 0 | 1 | 2 | 3;

/** Directions: none (gradient), one (Hessian times vector), two (third derivative). */
export type Order = 0 | 1 | 2;

/** Components that a pass of this order needs, lower ones first. */
export const componentsOf: readonly (readonly Component[])[] = [[0], [0, 1], [0, 1, 2, 3]];

/** The component that is asked for. */
export const topOf: readonly Component[] = [0, 1, 3];

/** The ways to part a component in two. */
export const partsOf: readonly (readonly (readonly [Component, Component])[])[] = [
  [[0, 0]],
  [
    [0, 1],
    [1, 0],
  ],
  [
    [0, 2],
    [2, 0],
  ],
  [
    [0, 3],
    [1, 2],
    [2, 1],
    [3, 0],
  ],
];
