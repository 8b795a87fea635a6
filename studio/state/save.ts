// Files that the page hands to its reader: texts, drawings as SVG and as PNG.

export function saveText(text: string, type: string, name: string): void {
  saveBlob(new Blob([text], { type }), name);
}

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  const address = URL.createObjectURL(blob);
  link.href = address;
  link.download = name;
  link.click();
  // the browser reads it after the click
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * An SVG document as a PNG of twice its size. Its ink and paper, a style of its root, become an attribute and a rectangle: the page's
 * policy forbids inline styles in images that it makes, too.
 */
export async function savePng(drawing: string, name: string): Promise<void> {
  const [, ink = "#1f2328", ground = "#ffffff"] = /^<svg style="color:([^;"]+);background:([^"]+)"/.exec(drawing) ?? [];
  const svg = drawing.replace(/^<svg style="[^"]*"/, `<svg color="${ink}"`);
  const image = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml;charset=utf-8" }));
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * image.width;
    canvas.height = 2 * image.height;
    const paper = canvas.getContext("2d")!;
    paper.fillStyle = ground;
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(image, 0, 0, canvas.width, canvas.height);
    saveBlob(await pngOf(canvas), name);
  } finally {
    URL.revokeObjectURL(address);
  }
}

export const pngOf = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("the browser made no PNG"))), "image/png"));
