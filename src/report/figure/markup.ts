// An SVG element as text that is well-formed XML and the same from every DOM: attributes in alphabetical order, everything escaped.
// (outerHTML leaves "<" in attributes as it is, and the order of attributes to the implementation.)
import { escapeHtml } from "../html.ts";

const textNode = 3;
const elementNode = 1;

export function svgMarkup(element: Element): string {
  const attributes = [...element.attributes].map(({ name, value }) => ` ${name}="${escapeHtml(value)}"`).sort();
  let inside = "";
  for (const child of element.childNodes) {
    if (child.nodeType === textNode) inside += escapeHtml(child.textContent ?? "");
    else if (child.nodeType === elementNode) inside += svgMarkup(child as Element);
  }
  const open = `<${element.localName}${attributes.join("")}`;
  return inside === "" ? `${open}/>` : `${open}>${inside}</${element.localName}>`;
}
