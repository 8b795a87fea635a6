// The page's one script: figures are saved as SVG and their data as CSV, from a Blob, so it works from a file as well. The page's policy
// lets this text run by its hash and nothing else; test/report/page.test.ts holds text and hash together.

export const pageScript = `
"use strict";
const save = (text, type, name) => {
  const link = document.createElement("a");
  const address = URL.createObjectURL(new Blob([text], { type }));
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
};
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-save]") : null;
  if (!button) return;
  const id = button.dataset.figure;
  if (button.dataset.save === "csv") return save(JSON.parse(document.getElementById(id + "-data").textContent), "text/csv;charset=utf-8", id + ".csv");
  const drawing = document.querySelector("#" + id + " svg").cloneNode(true);
  drawing.setAttribute("style", "color:#1f2328;background:#ffffff");
  save(new XMLSerializer().serializeToString(drawing).replace(/var\\(--[\\w-]+,\\s*([^()]+)\\)/g, "$1"), "image/svg+xml;charset=utf-8", id + ".svg");
});
`;

/** Base64 of the SHA-256 of the script's UTF-8 bytes. */
export const pageScriptHash = "738lpGKWRP9TbdErHoojcQlM2rUKpM5oO3O8ZHXLigI=";
