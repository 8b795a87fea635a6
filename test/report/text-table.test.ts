// Tables of text: widths are kept, control characters do not reach a terminal.
import { expect, test } from "vitest";
import { plainText, textTable, textWidth, wrap, wrapPieces } from "../../src/report/text-table.ts";

test("columns that do not fit move below, with the first repeated", () => {
  const columns = ["model", "aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"].map((header, j) => ({
    header,
    align: j === 0 ? ("left" as const) : ("right" as const),
  }));
  const lines = textTable(columns, [["SGD", "1", "2", "3"]], 30);
  expect(lines).toEqual(["model  aaaaaaaaaa  bbbbbbbbbb", "SGD             1           2", "", "model  cccccccccc", "SGD             3"]);
});

test("headers of several lines stand at the bottom", () => {
  expect(
    textTable(
      [
        { header: "", align: "left" },
        { header: "law\nW2/sd", align: "right" },
      ],
      [["SME-1", "0.12"]],
    ),
  ).toEqual(["         law", "       W2/sd", "SME-1   0.12"]);
});

test("wrapping keeps the width, cuts endless words and loses nothing", () => {
  const text = `one two   three ${"x".repeat(50)} four`;
  const lines = wrap(text, 20, "  ");
  expect(lines.every((line) => textWidth(line) <= 20)).toBe(true);
  expect(lines.join("").replace(/ /g, "")).toBe(text.replace(/ /g, ""));
  expect(wrap("", 20)).toEqual([""]);
});

test("pieces stay whole where they fit", () => {
  expect(wrapPieces(["a name", "f = x^2", "eta 0.2"], 20)).toEqual(["a name   f = x^2", "eta 0.2"]);
});

test("escape sequences, line breaks and direction marks are made harmless", () => {
  expect(plainText("a\u001b[31mred\r\nnext\u202etxt")).toBe("a\ufffd[31mred next\ufffdtxt");
});
