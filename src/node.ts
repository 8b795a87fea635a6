// `escapement/node`: what needs Node: files, a document to draw into.
export { createDocument } from "./node/document.ts";
export { galleryFolder, readProblemAt, readRaw, writePage, writeText } from "./node/files.ts";
export { checkPathFile, openPathFile, type PathFile, pathEndings } from "./node/path-file.ts";
export type { PathShape } from "./node/path-format.ts";
