// The built studio for tests, served with its headers, opened in Chromium under its own policy.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type StaticServer, serveFolder } from "../../src/node/static-server.ts";
import { launch } from "../browser/chromium.ts";

export interface Site {
  readonly address: string;
  readonly folder: string;
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function openSite(): Promise<Site> {
  const folder = resolve("dist/studio");
  if (!existsSync(join(folder, "index.html"))) throw new Error("dist/studio is missing: npm run build");
  const server: StaticServer = await serveFolder(folder, 0);
  const browser = await launch();
  return {
    address: server.address,
    folder,
    browser,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

export interface OpenOptions {
  readonly hash?: string;
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  readonly still?: boolean;
  /** Begins a trace of the browser before the page is loaded. */
  readonly traced?: boolean;
}

/** What the page saves, kept instead of downloaded: browsers ask their reader after ten downloads. */
export interface Saved {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

const keepSaves = `
  window.__saved = [];
  const blobs = new Map();
  const create = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => { const address = create(blob); blobs.set(address, blob); return address; };
  HTMLAnchorElement.prototype.click = function () {
    const blob = blobs.get(this.href);
    const name = this.download;
    blob.arrayBuffer().then((bytes) => window.__saved.push({ name, type: blob.type, text: new TextDecoder("latin1").decode(bytes) }));
  };
`;

/** A page of its own context; `faults` collects whatever the browser complains about. */
export async function openPage(site: Site, options: OpenOptions = {}): Promise<{ page: Page; faults: string[] }> {
  const context = await site.browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.scheme ?? "light",
    reducedMotion: options.still === false ? "no-preference" : "reduce",
  });
  const page = await context.newPage();
  await page.addInitScript(keepSaves);
  const faults: string[] = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  if (options.traced) await site.browser.startTracing(page, { categories: ["toplevel"] });
  await page.goto(site.address + (options.hash ? `#${options.hash}` : ""));
  return { page, faults };
}

/** Until the comparison of the problem that the fields hold is told and drawn. */
export async function answered(page: Page): Promise<void> {
  await page.waitForSelector(".verdict-region[aria-busy=false] [data-answer=current]", { timeout: 45_000 });
}

/** Waits until an expression holds in the page. Playwright's own waiting evaluates text within the page, which its policy forbids. */
export async function until(page: Page, expression: string, milliseconds = 30_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) {
    if (Date.now() > end) throw new Error(`${expression}: not within ${milliseconds} ms`);
    await new Promise((resume) => setTimeout(resume, 25));
  }
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread's own time. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Tasks of the page's main thread, in milliseconds by the thread's own clock: other programs' time does not count. */
export function mainTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  return threadTasks(traceEvents, "CrRendererMain");
}

/** Likewise of the page's workers, all of them together. */
export function workerTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  return threadTasks(traceEvents, "DedicatedWorker thread");
}

function threadTasks(events: readonly TraceEvent[], name: string): number[] {
  const place = ({ pid, tid }: TraceEvent): string => `${pid}:${tid}`;
  const threads = new Set(events.filter((e) => e.name === "thread_name" && e.args.name === name).map(place));
  const tasks = events.filter((e) => e.ph === "X" && e.name.endsWith("RunTask") && threads.has(place(e)));
  if (tasks.length < 20) throw new Error(`only ${tasks.length} tasks were seen`);
  return tasks.map(({ tdur = 0 }) => tdur / 1000);
}

/** The longest task of the main thread. */
export const longestTask = (trace: Buffer): number => Math.max(...mainTasks(trace));

export async function saved(page: Page, click: () => Promise<void>): Promise<Saved> {
  const before = await page.evaluate<number>("window.__saved.length");
  await click();
  await until(page, `window.__saved.length > ${before}`);
  return page.evaluate<Saved>("window.__saved.at(-1)");
}
