
// The book adds the lines below. They run on every page, before the first paint.
{
  // The theme resolves "auto" only after the first paint, so a dark page would flash white.
  const page = document.documentElement.dataset;
  if (!/^(light|dark)$/.test(page.theme)) {
    page.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  // The search fetches summaries of the pages that it finds, and a browser does not fetch from a disk.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  // If the fonts of formulas came late, lines would break anew. A browser does not preload from a disk.
  const fonts = document.querySelector('meta[name="formula-fonts"]');
  if (fonts && location.protocol !== "file:") {
    for (const href of fonts.content.split(" ")) {
      const link = { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href };
      document.head.append(Object.assign(document.createElement("link"), link));
    }
  }
}
