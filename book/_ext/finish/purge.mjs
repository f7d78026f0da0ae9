// Reads {"css": …, "pages": […], "scripts": […]}, all of them texts, from its input. Prints the sheet without the rules
// that no page and no script can match.
import { PurgeCSS } from "purgecss";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { css, pages, scripts } = JSON.parse(input);
const [{ css: purged }] = await new PurgeCSS().purge({
  content: [
    ...pages.map((raw) => ({ raw, extension: "html" })),
    ...scripts.map((raw) => ({ raw, extension: "js" })),
  ],
  css: [{ raw: css }],
  keyframes: true,
  // The browser sets these attributes, or a script of the theme does whose text does not hold their names.
  dynamicAttributes: ["data-theme", "data-mode", "open", "aria-expanded", "aria-pressed", "data-popper-placement"],
  // Scripts put these classes together from parts.
  safelist: { standard: [/^show$/, /^fade$/, /^collapse/, /^collapsing/, /^tooltip/, /^bs-tooltip/, /^modal/, /^pst-/, /^highlighted$/] },
});
process.stdout.write(purged);
