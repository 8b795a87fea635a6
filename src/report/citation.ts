// How to cite the paper that the model is from, and this software.

export const paper = {
  authors: "Xiang Li, Zebang Shen, Liang Zhang, Niao He",
  title: "A Hessian-Aware Stochastic Differential Equation for Modelling SGD",
  address: "https://arxiv.org/abs/2405.18373",
  id: "arXiv:2405.18373",
} as const;

export function bibtex(version: string): string {
  return `@misc{li2024hessianaware,
  author        = {Li, Xiang and Shen, Zebang and Zhang, Liang and He, Niao},
  title         = {A {Hessian}-Aware Stochastic Differential Equation for Modelling {SGD}},
  year          = {2024},
  eprint        = {2405.18373},
  archivePrefix = {arXiv}
}

@software{escapement,
  title   = {Escapement: which continuous-time model of stochastic gradient descent is right, where, and by how much},
  version = {${version}}
}
`;
}
