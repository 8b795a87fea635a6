// Errors: what the caller did wrong is thrown, with a code to test, details to show and the exit code of the command.
// What mathematics refuses is not an error: it is a null on the answer with a warning (answer/warning.ts).

export interface ErrorDetails {
  readonly [key: string]: unknown;
}

/** Base of all errors that the library throws on purpose. Test `code`, not `instanceof`: errors cross threads. */
export class EscapementError extends Error {
  /** "folder/what", searchable, e.g. "expr/unknown-name". */
  readonly code: string;
  /** The offending value and where it stood; plain JSON. */
  readonly details: ErrorDetails;
  /** Exit code of the command (interface.md). */
  readonly exitCode: 1 | 2 | 3 | 130;
  constructor(code: string, message: string, exitCode: 1 | 2 | 3 | 130, details: ErrorDetails = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.exitCode = exitCode;
    this.details = details;
  }
}

/** Bad input: the message names the field or the column, what was found and what is allowed. */
export class InputError extends EscapementError {
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(code, message, 2, details);
  }
}

/** An argument outside a function's domain. */
export class DomainError extends EscapementError {
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(code, message, 2, details);
  }
}

/** Nothing that was asked for has an answer. */
export class NoAnswerError extends EscapementError {
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(code, message, 3, details);
  }
}

/** The caller's signal was aborted. */
export class InterruptedError extends EscapementError {
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(code, message, 130, details);
  }
}

/** Another process did not do its part: it died, hung, or answered nonsense. */
export class TransportError extends EscapementError {
  /** The same may succeed if tried again. */
  readonly retryable: boolean;
  constructor(code: string, message: string, details: ErrorDetails = {}, retryable = false) {
    super(code, message, 1, details);
    this.retryable = retryable;
  }
}

/** A defect of the program's own. */
export class InternalError extends EscapementError {
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(code, message, 1, details);
  }
}

/** The allowed word that differs by the fewest edits, if these are at most a third of its letters (one for short words), for "did you mean". */
export function nearestWord(word: string, allowed: Iterable<string>): string | undefined {
  const text = word.toLowerCase();
  if (text.length < 2 || text.length > 40) return undefined;
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(text.length / 3)) + 1;
  for (const candidate of allowed) {
    // of two equally near ones that of the same length
    const distance = editDistance(text, candidate.toLowerCase()) + 0.1 * Math.abs(text.length - candidate.length);
    if (distance < fewest) [best, fewest] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, changes and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(change, rows[i - 1]![j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
