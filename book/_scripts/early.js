
// Added by the book: runs before the first paint, on every page.
{
  // The theme resolves "auto" only after the first paint, which would be a white flash in the dark.
  const page = document.documentElement.dataset;
  if (!/^(light|dark)$/.test(page.theme)) {
    page.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  // Summaries of what the search finds need fetch(), which files do not allow.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
