// Addresses are told without user and password, whatever they stand in: a line that was typed, or a message of a library.

/** A text without what stands between `redis://` or `rediss://` and the last `@` of the word. */
export const withoutPassword = (text: string): string => text.replace(/(rediss?:\/\/)\S*@/gi, "$1");
