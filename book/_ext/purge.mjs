// Reads {"css": …, "content": [files]} from its input; prints the sheet without the rules that no page or script can match.
import { PurgeCSS } from "purgecss";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { css, content } = JSON.parse(input);
const [{ css: purged }] = await new PurgeCSS().purge({
  content,
  css: [{ raw: css }],
  keyframes: true,
  // Set by scripts of the browser's, or by the theme's in ways that no file spells out.
  dynamicAttributes: ["data-theme", "data-mode", "open", "aria-expanded", "aria-pressed", "data-popper-placement"],
  safelist: { standard: [/^show$/, /^fade$/, /^collapse/, /^collapsing/, /^tooltip/, /^bs-tooltip/, /^modal/, /^pst-/, /^highlighted$/] },
});
process.stdout.write(purged);
