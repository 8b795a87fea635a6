// What is being computed for the picture: laws, then particles.
import { signal } from "@preact/signals";
import type { Work } from "./current.ts";

export const stageWork = signal<Work | null>(null);
