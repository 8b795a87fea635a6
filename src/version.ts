/** The package's version, as in package.json (test/version.test.ts holds them together). */
export const version = "0.1.0";
