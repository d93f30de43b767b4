// Formulas are set when they come near: a chapter has a thousand, and a telephone would need seconds for all of them.
// Their room is kept until then (book.css), so that nothing jumps. Paper, and tools that ask, get all of them:
//   await window.rfFormulas.all()
// A script that adds some says where: window.rfFormulas.add(element).
// MathJax.startup.promise is fulfilled when those in sight are set.
(() => {
  "use strict";
  const root = document.documentElement;
  const showTeX = () => root.classList.remove("rf-math");
  if (!window.MathJax || !("IntersectionObserver" in window)) return showTeX();

  const SLICE = 5; // milliseconds of work between two looks at what the reader does
  const NEAR = "60% 0%"; // of a screen, above and below
  const pause = () => new Promise((go) => setTimeout(go, 0));

  const waiting = new Set();
  const near = new Set(); // waiting formulas within NEAR
  let everything = false;
  let count = 1;
  let working = null;

  const finish = (batch) => {
    batch.forEach((formula) => formula.classList.add("rf-set"));
    window.dispatchEvent(new CustomEvent("rf-formulas", { detail: batch }));
  };

  const take = (most) => {
    const batch = [];
    for (const source of everything ? [near, waiting] : [near])
      for (const formula of source) {
        if (batch.length === most) return batch;
        near.delete(formula);
        if (waiting.delete(formula)) batch.push(formula);
        watch.unobserve(formula);
      }
    return batch;
  };

  const work = async () => {
    for (let batch = take(count); batch.length; batch = take(count)) {
      const start = performance.now();
      await window.MathJax.typesetPromise(batch);
      finish(batch);
      const spent = Math.max(performance.now() - start, 0.2);
      count = Math.max(2, Math.min(2 * count, 60, Math.round((batch.length * SLICE) / spent)));
      await pause();
    }
  };
  // One worker at a time: what comes near meanwhile is taken by the one that works.
  const start = () => (working ||= work().finally(() => (working = null)));

  let looked = () => {};
  const nextLook = () => new Promise((go) => (looked = go));
  const watch = new IntersectionObserver(
    (entries) => {
      entries.forEach(({ target, isIntersecting }) => near[isIntersecting ? "add" : "delete"](target));
      looked();
      if (near.size && ready) start();
    },
    { rootMargin: NEAR },
  );
  // The formulas of a section that is far away need not be watched one by one: the section is.
  const watchAll = (formulas) => formulas.forEach((formula) => waiting.has(formula) && watch.observe(formula));
  const sections = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        sections.unobserve(target);
        watchAll(target.querySelectorAll(".math"));
      }
      looked();
    },
    { rootMargin: NEAR },
  );

  // The style sheet gives formulas the height of the letters beside them: MathJax need not measure each.
  const measureNothing = () => {
    const { STATE } = window.MathJax._.core.MathItem;
    const width = (document.querySelector(".bd-article, article") || document.body).clientWidth;
    window.MathJax.startup.output.getMetrics = function (page) {
      this.setDocument(page);
      for (const item of page.math) {
        if (item.state() >= STATE.METRICS) continue;
        item.setMetrics(16, 8, width, 1e6, 1);
        item.state(STATE.METRICS);
      }
    };
  };

  let ready = false;
  const pageReady = async () => {
    const formulas = Array.from(document.querySelectorAll(".math"));
    formulas.forEach((formula) => waiting.add(formula));
    if (!waiting.size) return;
    const parts = document.querySelectorAll(".rf-rest");
    if (parts.length) {
      parts.forEach((section) => sections.observe(section));
      await nextLook();
    }
    const first = nextLook();
    watchAll(formulas.filter((formula) => !formula.closest(".rf-rest")));
    // A look follows wherever something is watched; a page whose formulas are all far away has nothing to wait for.
    await Promise.race([first, new Promise((go) => setTimeout(go, 300))]);
    measureNothing();
    ready = true;
    await start();
  };
  window.MathJax.startup = { ...window.MathJax.startup, pageReady: () => pageReady().catch(showTeX) };

  // MathJax itself is fetched when the page has been shown.
  const settings = document.currentScript.dataset;
  let asked = false;
  const fetchMathJax = () => {
    if (asked) return;
    asked = true;
    const script = document.createElement("script");
    script.src = settings.startup;
    script.onerror = showTeX;
    document.head.append(script);
  };
  if (settings.startup) {
    requestAnimationFrame(() => setTimeout(fetchMathJax, 0));
    setTimeout(fetchMathJax, 2000); // a page in the background is not shown
  }

  const all = async () => {
    while (!(window.MathJax.startup && window.MathJax.startup.promise)) await pause();
    await window.MathJax.startup.promise;
    everything = true;
    while (waiting.size) await start();
  };
  // Formulas that a script has put into the page, as copies of others, are set at once; those that are set already stay.
  const add = (place) => {
    for (const formula of waiting) if (!formula.isConnected) [waiting, near].forEach((set) => set.delete(formula));
    place.querySelectorAll(".math:not(.rf-set)").forEach((formula) => [waiting, near].forEach((set) => set.add(formula)));
    if (near.size && ready) start();
    const copied = Array.from(place.querySelectorAll(".math.rf-set")); // they have another width now
    window.dispatchEvent(new CustomEvent("rf-formulas", { detail: copied }));
  };
  window.rfFormulas = { all, add };

  // Paper does not wait.
  window.addEventListener("beforeprint", () => {
    everything = true;
    const rest = take(Infinity);
    if (!rest.length || !window.MathJax.typeset) return;
    window.MathJax.typeset(rest);
    finish(rest);
  });

  // Text that is copied holds the TeX of its formulas.
  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    const list = window.MathJax.startup && window.MathJax.startup.document && window.MathJax.startup.document.math;
    if (!list || !selection.rangeCount || selection.isCollapsed) return;
    const within = Array.from(list).filter((item) => item.typesetRoot && selection.containsNode(item.typesetRoot, true));
    if (!within.length) return;
    const order = (one, other) => (one.typesetRoot.compareDocumentPosition(other.typesetRoot) & 4 ? -1 : 1);
    within.sort(order);
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
