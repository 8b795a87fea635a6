// Every problem of the gallery, those that take a minute too.
import { it } from "vitest";
import { expectCompared, gallery } from "../cli/gallery.ts";

it.each(gallery)("compare %s", (name) => {
  expectCompared(name);
});
