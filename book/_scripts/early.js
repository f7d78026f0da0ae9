
// Added by the book: runs before the first paint, on every page.
{
  // The theme resolves "auto" only after the first paint, which would be a white flash in the dark.
  const page = document.documentElement.dataset;
  if (!/^(light|dark)$/.test(page.theme)) {
    page.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  // Summaries of what the search finds need fetch(), which files do not allow.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  // Lines with formulas would break anew when their fonts come late. (Files cannot be preloaded.)
  const fonts = document.querySelector('meta[name="formula-fonts"]');
  if (fonts && location.protocol !== "file:") {
    for (const href of fonts.content.split(" ")) {
      const link = { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href };
      document.head.append(Object.assign(document.createElement("link"), link));
    }
  }
}
