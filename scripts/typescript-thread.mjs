// A worker thread's first file in a checkout: lets it import TypeScript, then becomes the file that is named as its argument. In a package
// the thread's file is built and needs none of this.
import { register } from "tsx/esm/api";

register();
await import(process.argv[2]);
