// Draws the charts of a page with Vega, whose libraries lie beside this script and load once a chart is near and the
// reader has moved, so that a page with a chart at its top is there as fast as any other.
// It is a classic script, because modules do not load from file://, and does without eval, which the pages forbid.
"use strict";

{
  const here = document.currentScript.src;

  const load = (name) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.async = false; // the browser fetches the scripts side by side and runs them in order
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${name} does not load`));
      script.src = new URL(name, here);
      document.head.append(script);
    });

  let libraries;
  const loadLibraries = () =>
    (libraries ??= Promise.all(["vega.min.js", "vega-lite.min.js", "vega-embed.min.js"].map(load)));

  // A screen reader takes the chart for one picture, whose label says what the marks show at the moment.
  function describe(chart) {
    const svg = chart.querySelector(".chart-live svg");
    const marks = [...svg.querySelectorAll(".role-mark [aria-label]")].map((mark) => mark.getAttribute("aria-label"));
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${chart.dataset.alt} Now: ${marks.join(", ")}.`);
    for (const value of chart.querySelectorAll(".vega-bind input + span")) {
      value.textContent = value.textContent.replace("-", "−");
    }
  }

  async function draw(chart) {
    await loadLibraries();
    const [live, sliders] = [".chart-live", ".chart-sliders"].map((part) => chart.querySelector(part));
    // The ink is a CSS variable, so the drawing follows a change of the theme while the sliders stay.
    const spec = JSON.parse(chart.querySelector("script").textContent);
    const { view } = await vegaEmbed(live, spec, {
      actions: false,
      ast: true,
      bind: sliders,
      defaultStyle: false,
      mode: "vega-lite",
      renderer: "svg",
      tooltip: false,
    });
    for (const name of ["role", "aria-roledescription", "aria-label"]) {
      view.container().removeAttribute(name);
    }
    for (const label of sliders.querySelectorAll("label")) {
      label.querySelector("input, select").setAttribute("aria-label", label.querySelector(".vega-bind-name").textContent);
    }
    describe(chart);
    for (const type of ["input", "change"]) { // sliders send the first, choices the second
      sliders.addEventListener(type, () => view.runAsync().then(() => describe(chart)));
    }
    chart.classList.add("chart-drawn"); // which hides the static picture
  }

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) {
          observer.unobserve(target);
          draw(target).catch(console.error); // after an error the static picture stays
        }
      }
    },
    { rootMargin: "300px" },
  );
  const start = () => {
    signs.forEach((sign) => removeEventListener(sign, start));
    document.querySelectorAll(".chart").forEach((chart) => observer.observe(chart));
  };
  const signs = ["pointermove", "pointerdown", "touchstart", "wheel", "scroll", "keydown"];
  signs.forEach((sign) => addEventListener(sign, start, { passive: true }));
}
