// Regimes of the learning rate in words.
export const regimeWords = {
  "one-step": "one-step regime",
  "two-step": "two-step regime: SGD jumps across",
  unstable: "unstable: SGD leaves",
  "no-diffusion": "no SDE",
} as const;
