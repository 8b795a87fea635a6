// As much of a DOM document as Observable Plot and the report's figures use: elements, attributes, text, and the few selectors that
// they ask for. Workers have no document, and drawing in the page would hold it up. What is missing here throws by not being there.

type Child = DrawingElement | DrawingText;

class DrawingText {
  readonly nodeType = 3;
  parentNode: DrawingElement | null = null;
  readonly ownerDocument: DrawingDocument;
  data: string;
  constructor(ownerDocument: DrawingDocument, data: string) {
    this.ownerDocument = ownerDocument;
    this.data = data;
  }
  get textContent(): string {
    return this.data;
  }
  remove(): void {
    this.parentNode?.removeChild(this);
  }
}

class DrawingElement {
  readonly nodeType = 1;
  parentNode: DrawingElement | null = null;
  readonly childNodes: Child[] = [];
  readonly ownerDocument: DrawingDocument;
  readonly namespaceURI: string;
  readonly tagName: string;
  readonly #attributes = new Map<string, string>();
  /** Plot sets a few properties, none of which matters on paper. */
  readonly style = { setProperty: (name: string, value: string): void => this.setAttribute(name, value), removeProperty: (): void => {} };
  constructor(ownerDocument: DrawingDocument, namespaceURI: string, tagName: string) {
    this.ownerDocument = ownerDocument;
    this.namespaceURI = namespaceURI;
    this.tagName = tagName;
  }
  get localName(): string {
    return this.tagName;
  }
  get nodeName(): string {
    return this.tagName;
  }
  get attributes(): { name: string; value: string }[] {
    return [...this.#attributes].map(([name, value]) => ({ name, value }));
  }
  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }
  hasAttribute(name: string): boolean {
    return this.#attributes.has(name);
  }
  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, String(value));
  }
  setAttributeNS(_namespace: string | null, name: string, value: unknown): void {
    this.setAttribute(name, value);
  }
  removeAttribute(name: string): void {
    this.#attributes.delete(name);
  }
  get children(): DrawingElement[] {
    return this.childNodes.filter((child): child is DrawingElement => child.nodeType === 1);
  }
  get firstChild(): Child | null {
    return this.childNodes[0] ?? null;
  }
  get lastChild(): Child | null {
    return this.childNodes.at(-1) ?? null;
  }
  get nextSibling(): Child | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }
  get parentElement(): DrawingElement | null {
    return this.parentNode;
  }
  get textContent(): string {
    return this.childNodes.map((child) => child.textContent).join("");
  }
  set textContent(text: string | null) {
    for (const child of [...this.childNodes]) child.remove();
    if (text) this.appendChild(new DrawingText(this.ownerDocument, String(text)));
  }
  appendChild<C extends Child>(child: C): C {
    return this.insertBefore(child, null);
  }
  insertBefore<C extends Child>(child: C, before: Child | null): C {
    child.remove();
    const at = before === null ? this.childNodes.length : this.childNodes.indexOf(before);
    this.childNodes.splice(at, 0, child);
    child.parentNode = this;
    return child;
  }
  append(...children: (Child | string)[]): void {
    for (const child of children) this.appendChild(typeof child === "string" ? new DrawingText(this.ownerDocument, child) : child);
  }
  removeChild<C extends Child>(child: C): C {
    this.childNodes.splice(this.childNodes.indexOf(child), 1);
    child.parentNode = null;
    return child;
  }
  remove(): void {
    this.parentNode?.removeChild(this);
  }
  replaceWith(other: Child): void {
    this.parentNode?.insertBefore(other, this);
    this.remove();
  }
  /** Selectors of one part: a name, `*`, `[attribute]`, `#id`, or several with commas. */
  querySelectorAll(selector: string): DrawingElement[] {
    const tests = selector.split(",").map((part) => matcher(part.trim()));
    const found: DrawingElement[] = [];
    const visit = (element: DrawingElement): void => {
      for (const child of element.children) {
        if (tests.some((matches) => matches(child))) found.push(child);
        visit(child);
      }
    };
    visit(this);
    return found;
  }
  querySelector(selector: string): DrawingElement | null {
    return this.querySelectorAll(selector)[0] ?? null;
  }
  addEventListener(): void {}
  removeEventListener(): void {}
  cloneNode(deep: boolean): DrawingElement {
    const copy = this.ownerDocument.createElementNS(this.namespaceURI, this.tagName);
    for (const { name, value } of this.attributes) copy.setAttribute(name, value);
    if (deep)
      for (const child of this.childNodes)
        copy.appendChild(child.nodeType === 1 ? child.cloneNode(true) : new DrawingText(this.ownerDocument, child.data));
    return copy;
  }
}

class DrawingDocument {
  readonly nodeType = 9;
  readonly documentElement = new DrawingElement(this, "http://www.w3.org/1999/xhtml", "html");
  readonly defaultView = null;
  createElementNS(namespace: string, name: string): DrawingElement {
    return new DrawingElement(this, namespace, name);
  }
  createElement(name: string): DrawingElement {
    return this.createElementNS("http://www.w3.org/1999/xhtml", name);
  }
  createTextNode(text: string): DrawingText {
    return new DrawingText(this, text);
  }
}

function matcher(selector: string): (element: DrawingElement) => boolean {
  if (selector === "*") return () => true;
  const attribute = /^\[([\w-]+)\]$/.exec(selector)?.[1];
  if (attribute) return (element) => element.hasAttribute(attribute);
  const id = /^#([\w-]+)$/.exec(selector)?.[1];
  if (id) return (element) => element.getAttribute("id") === id;
  if (!/^[\w-]+$/.test(selector)) throw new Error(`selector ${selector}: not among those that figures use`);
  return (element) => element.tagName === selector;
}

/** A document for figures. */
export const createDrawingDocument = (): Document => new DrawingDocument() as unknown as Document;
