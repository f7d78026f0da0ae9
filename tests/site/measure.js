/* Measures a page for visit.py. It runs in the page, and `start` runs before the scripts of the page do. */
window.measure = (() => {
  const shifts = [];
  const violations = [];

  /* Return a selector of an element, as a person would write it. */
  function name(node) {
    if (!node?.tagName) return node?.parentElement ? name(node.parentElement) : "(gone)";
    const own = node.tagName.toLowerCase() + [...node.classList].slice(0, 3).map((word) => "." + word).join("");
    if (node.id) return `${own}#${node.id}`;
    return node.parentElement && node.parentElement !== document.body ? `${name(node.parentElement)} > ${own}` : own;
  }

  function start() {
    document.addEventListener("securitypolicyviolation", (event) =>
      violations.push(`${event.effectiveDirective} ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`),
    );
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        shifts.push({ value: entry.value, what: entry.sources.map((source) => name(source.node)) });
      }
    }).observe({ type: "layout-shift", buffered: true });
  }

  /* Return the elements that stick out to the right and lie in no box that scrolls or clips. */
  function wide() {
    const limit = document.documentElement.clientWidth;
    const held = (node) => {
      for (let box = node.parentElement; box && box !== document.body; box = box.parentElement) {
        if (getComputedStyle(box).overflowX !== "visible") return true;
      }
      return false;
    };
    return [...document.body.querySelectorAll("*")]
      .filter((node) => node.getBoundingClientRect().right > limit + 0.5 && !held(node))
      .map((node) => `${name(node)} to ${Math.round(node.getBoundingClientRect().right)} px`);
  }

  /* Return the text that should have become a formula. */
  function raw() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const code = node.parentElement.closest("pre, code, script, style, annotation");
      if (!code && /\\[([\])]|\$\$|\\[a-z]{3,}/.test(node.data)) found.push(node.data.trim());
    }
    return found;
  }

  function pictures() {
    return [...document.querySelectorAll("img, svg[role^=img], svg[role^=graphics], figure svg")]
      .filter((node) => !node.closest("[aria-hidden=true]") && !node.parentElement.closest("svg"))
      .map((node) => ({
        what: name(node),
        role: node.getAttribute("role") ?? node.tagName.toLowerCase(),
        label: node.getAttribute(node.tagName === "IMG" ? "alt" : "aria-label"),
        figure: Boolean(node.closest("figure")),
      }));
  }

  async function axe() {
    // Without `preload`, axe does not fetch the style sheets again.
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"], preload: false });
    return violations.flatMap((rule) =>
      rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.split("\n").slice(1).join(" ")}`),
    );
  }

  /* Wait until the fonts are there and two frames were drawn. */
  async function rest() {
    await document.fonts.ready;
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  }

  function excess() {
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
  }

  async function all() {
    const result = {
      shifts: shifts.slice(), // before a solution opens
      ground: getComputedStyle(document.body).backgroundColor,
      excess: excess(),
      wide: wide(),
      formulas: document.querySelectorAll("math").length,
      bare: [...document.querySelectorAll("span.math, div.math")].filter((node) => !node.querySelector("math")).map(name),
      raw: raw(),
      pictures: pictures(),
    };
    // An open solution hides nothing of the page, so axe looks once, when all are open.
    document.querySelectorAll(".toggle-button-hidden, details:not([open]) > summary").forEach((button) => button.click());
    await rest();
    result.excess = Math.max(result.excess, excess());
    result.wide.push(...wide());
    return { ...result, axe: await axe(), violations };
  }

  return { start, rest, all };
})();
