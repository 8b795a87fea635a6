// The pages of the site and their order in the navigation. A page is a Markdown file that reads well where it lies; the site renders it.

export interface SitePage {
  /** Markdown file, relative to the checkout. */
  readonly source: string;
  /** Where it lies in the site. */
  readonly path: string;
  /** As the navigation has it. */
  readonly label: string;
}

export interface Section {
  readonly title: string;
  readonly pages: readonly SitePage[];
}

const page = (name: string, label: string): SitePage => ({ source: `docs/${name}.md`, path: `${name}.html`, label });

export const sections: readonly Section[] = [
  {
    title: "Start",
    pages: [
      page("index", "Start here"),
      page("choose", "Which model should I use?"),
      page("gallery", "Gallery"),
      page("commands", "Commands"),
    ],
  },
  {
    title: "Tutorials",
    pages: [page("tutorial-theorist", "For theorists"), page("training", "For practitioners"), page("tutorial-teacher", "For teachers")],
  },
  {
    title: "The mathematics",
    pages: [
      page("theory", "Models, laws, exits"),
      page("sbea", "The modified equation"),
      page("momentum", "Momentum"),
      page("claims", "The published claims"),
      page("limits", "What does not work"),
    ],
  },
  {
    title: "Problems and data",
    pages: [
      page("problem", "Problem files"),
      page("data", "Data and weights"),
      page("paths", "Paths in a file"),
      page("oracles", "Any program as objective"),
      { source: "adapters/python-numpy/README.md", path: "adapter-numpy.html", label: "NumPy and JAX adapter" },
      { source: "adapters/python-torch/README.md", path: "adapter-torch.html", label: "PyTorch adapter" },
    ],
  },
  {
    title: "Elsewhere",
    pages: [
      page("studio", "The studio"),
      page("notebook", "Web pages and notebooks"),
      page("python", "From Python"),
      page("performance", "Performance"),
      page("clusters", "Durable and distributed runs"),
      page("scale", "How far a cluster goes"),
    ],
  },
  {
    title: "Reference",
    pages: [
      page("errors", "Errors"),
      page("warnings", "Warnings"),
      page("contributing", "Contributing"),
      page("licences", "Licences"),
      { source: "CHANGELOG.md", path: "changes.html", label: "Changes" },
    ],
  },
];

export const pages: readonly SitePage[] = sections.flatMap((section) => section.pages);

/** Made by typedoc, not from Markdown. */
export const apiPage = { path: "api/index.html", label: "API" } as const;
