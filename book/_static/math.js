// Formulas are set a few at a time, those in sight first: a long page can be read and scrolled while the rest waits.
// MathJax.startup.promise keeps its meaning: it is fulfilled when every formula of the page is set.
(() => {
  "use strict";
  if (!window.MathJax || !("IntersectionObserver" in window)) return;

  const SLICE = 8; // milliseconds of work between two looks at what the reader does
  const pause = window.requestIdleCallback
    ? (go) => window.requestIdleCallback(go, { timeout: 200 })
    : (go) => setTimeout(go, 1);

  let waiting = new Set();
  const near = new Set(); // waiting formulas in sight or one screen away
  const watch = new IntersectionObserver(
    (entries) => entries.forEach(({ target, isIntersecting }) => near[isIntersecting ? "add" : "delete"](target)),
    { rootMargin: "100% 0%" },
  );

  const take = (count) => {
    const batch = [];
    for (const source of [near, waiting])
      for (const formula of source) {
        if (batch.length === count) return batch;
        if (waiting.delete(formula)) {
          batch.push(formula);
          watch.unobserve(formula);
        }
        near.delete(formula);
      }
    return batch;
  };

  // One measurement for the page instead of one a formula: letters beside formulas are all of one family.
  const measureOnce = () => {
    const { output } = window.MathJax.startup;
    const { STATE } = window.MathJax._.core.MathItem;
    const beside = document.querySelector(".bd-article p, article p, p") || document.body;
    const { em, ex, containerWidth, lineWidth, scale } = output.getMetricsFor(beside, false);
    output.getMetrics = function (page) {
      this.setDocument(page);
      for (const item of page.math) {
        if (item.state() >= STATE.METRICS) continue;
        item.setMetrics(em, ex, containerWidth, lineWidth, scale);
        item.state(STATE.METRICS);
      }
    };
  };

  // A link to a place on the page: what was set above it has moved it.
  let moved = false;
  for (const name of ["wheel", "touchmove", "keydown", "mousedown"])
    window.addEventListener(name, () => (moved = true), { once: true, passive: true });
  const returnToTarget = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && !moved) target.scrollIntoView();
  };

  const setAll = async () => {
    waiting = new Set(document.querySelectorAll(".math"));
    if (!waiting.size) return;
    waiting.forEach((formula) => watch.observe(formula));
    measureOnce();
    let count = 4;
    while (waiting.size) {
      await new Promise(pause);
      const start = performance.now();
      const batch = take(count);
      await window.MathJax.typesetPromise(batch);
      batch.forEach((formula) => formula.classList.add("rf-set"));
      const spent = Math.max(performance.now() - start, 0.2);
      count = Math.max(1, Math.min(2 * count, 40, Math.round((batch.length * SLICE) / spent)));
    }
    returnToTarget();
  };

  // Until a formula is set, only its room is kept (book.css); if that fails, its TeX is shown.
  const showTeX = () => document.documentElement.classList.remove("rf-math");
  window.MathJax.startup = { ...window.MathJax.startup, pageReady: () => setAll().finally(showTeX) };
  window.addEventListener("load", () => window.MathJax.startup.promise || showTeX());

  // Paper does not wait.
  window.addEventListener("beforeprint", () => {
    const rest = take(waiting.size);
    if (!rest.length) return;
    showTeX();
    if (window.MathJax.typeset) window.MathJax.typeset(rest);
  });

  // Text that is copied holds the TeX of its formulas.
  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    const list = window.MathJax.startup && window.MathJax.startup.document && window.MathJax.startup.document.math;
    if (!list || !selection.rangeCount || selection.isCollapsed) return;
    const within = Array.from(list).filter((item) => item.typesetRoot && selection.containsNode(item.typesetRoot, true));
    if (!within.length) return;
    const piece = selection.getRangeAt(0).cloneContents();
    const copies = piece.querySelectorAll("mjx-container");
    if (copies.length !== within.length) return;
    copies.forEach((copy, k) => copy.replaceWith(within[k].display ? `\n$$${within[k].math}$$\n` : `$${within[k].math}$`));
    const box = document.createElement("div");
    box.append(piece);
    event.clipboardData.setData("text/plain", box.innerText || box.textContent);
    event.preventDefault();
  });
})();
