// The moving picture as an SVG document: colours that follow the page's theme give way to their light ones; pixels are embedded.

const namespace = "http://www.w3.org/2000/svg";

/** @param stage  the element with the role img: an SVG, or canvases with SVGs over them */
export function pictureFile(stage: Element): string {
  if (stage instanceof SVGSVGElement) {
    const copy = stage.cloneNode(true) as SVGSVGElement;
    const { width, height } = stage.viewBox.baseVal;
    const below = addLegend(copy, width, height);
    copy.setAttribute("viewBox", `0 0 ${width} ${below}`);
    return written(copy, width, below);
  }
  const panels = [...stage.querySelectorAll(".canvas")];
  const side = panels[0]!.querySelector("svg")!.viewBox.baseVal.width;
  const whole = document.createElementNS(namespace, "svg");
  const [width, height] = [panels.length * (side + 20) - 20, side + 26];
  whole.setAttribute("viewBox", `0 0 ${width} ${height}`);
  whole.setAttribute("fill", "currentColor");
  panels.forEach((panel, i) => {
    const group = document.createElementNS(namespace, "g");
    group.setAttribute("transform", `translate(${i * (side + 20)} 26)`);
    const name = document.createElementNS(namespace, "text");
    name.setAttribute("y", "-9");
    name.setAttribute("font-family", "system-ui, sans-serif");
    name.setAttribute("font-size", "14");
    name.textContent = panel.parentElement!.querySelector(".panel-name")!.textContent;
    const image = document.createElementNS(namespace, "image");
    image.setAttribute("href", panel.querySelector("canvas")!.toDataURL("image/png"));
    image.setAttribute("width", String(side));
    image.setAttribute("height", String(side));
    group.append(name, image, ...[...panel.querySelector("svg")!.childNodes].map((child) => child.cloneNode(true)));
    whole.append(group);
  });
  whole.setAttribute("role", "img");
  whole.setAttribute("aria-label", stage.getAttribute("aria-label") ?? "");
  return written(whole, width, height, getComputedStyle(stage).color, getComputedStyle(document.body).backgroundColor);
}

/** What the page says beside the drawing: which curve is whose (`data-name` on the curves). Returns the height with it. */
function addLegend(svg: SVGSVGElement, width: number, height: number): number {
  let [left, base] = [14, height + 14];
  for (const curve of svg.querySelectorAll("path[data-name]")) {
    const name = curve.getAttribute("data-name")!;
    const needed = 40 + 8 * name.length;
    if (left + needed > width) [left, base] = [14, base + 20];
    const sample = document.createElementNS(namespace, "path");
    sample.setAttribute("d", `M${left},${base - 4}h28`);
    for (const look of ["fill", "stroke", "stroke-width", "stroke-dasharray"])
      if (curve.hasAttribute(look)) sample.setAttribute(look, curve.getAttribute(look)!);
    const text = document.createElementNS(namespace, "text");
    text.setAttribute("x", String(left + 34));
    text.setAttribute("y", String(base));
    text.setAttribute("font-size", "12");
    text.textContent = name;
    svg.append(sample, text);
    left += needed;
  }
  return base + 10;
}

function written(svg: SVGSVGElement, width: number, height: number, ink = "#1f2328", paper = "#ffffff"): string {
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const text = new XMLSerializer().serializeToString(svg).replace(/var\(--[\w-]+,\s*([^()]+)\)/g, "$1");
  return text.replace("<svg", `<svg style="color:${ink};background:${paper}"`);
}
