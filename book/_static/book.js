// Small helps for the pages; everything reads without them.
(() => {
  "use strict";

  // Opened as a file, a page may not read others: the search lists its hits without excerpts.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined")
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  // Print shows what is folded (proofs, solutions, hidden code), in the light colours.
  let opened = [];
  let theme = null;
  window.addEventListener("beforeprint", () => {
    const folded = Array.from(document.querySelectorAll("details:not([open])"));
    folded.forEach((fold) => fold.setAttribute("open", ""));
    opened = opened.concat(folded);
    theme = theme || document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((fold) => fold.removeAttribute("open"));
    opened = [];
    if (theme) document.documentElement.dataset.theme = theme;
    theme = null;
  });

  // A formula that is wider than its line scrolls inside itself, and can be scrolled with the keyboard. Long pages have
  // thousands of boxes: they are looked at in slices, so that the page answers meanwhile.
  const SLICE = 8; // milliseconds
  let round = 0;
  const fit = async () => {
    const article = document.querySelector(".bd-article");
    if (!article) return;
    const mine = (round += 1);
    article.querySelectorAll(".rf-wide").forEach((formula) => formula.classList.remove("rf-wide"));
    const boxes = article.querySelectorAll("mjx-container, .math, .pst-scrollable-table-container, pre, .output");
    let wide = [];
    let scrolling = [];
    const mark = () => {
      wide.forEach((formula) => formula.classList.add("rf-wide"));
      scrolling.forEach((box) => box.setAttribute("tabindex", "0"));
      [wide, scrolling] = [[], []];
    };
    let start = performance.now();
    for (const box of boxes) {
      if (performance.now() - start > SLICE) {
        mark();
        await new Promise((go) => setTimeout(go, 0));
        if (mine !== round) return; // the window changed again
        start = performance.now();
      }
      if (box.localName === "mjx-container" && box.getAttribute("display") !== "true") {
        const block = box.parentElement.closest("p, li, dd, dt, td, th, h1, h2, h3, h4, summary, div");
        if (!block || box.getBoundingClientRect().width <= block.clientWidth) continue;
        wide.push(box);
        scrolling.push(box);
      } else if (box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible")
        scrolling.push(box);
    }
    mark();
  };

  const afterMath = (task) => {
    const startup = window.MathJax && window.MathJax.startup;
    if (startup && startup.promise) startup.promise.then(task);
    else task();
  };

  window.addEventListener("load", () => {
    afterMath(fit);
    let timer;
    window.addEventListener("resize", () => {
      clearTimeout(timer);
      timer = setTimeout(fit, 150);
    });
    // Formulas inside a fold have no width until it is opened.
    document.querySelectorAll("details").forEach((fold) => fold.addEventListener("toggle", fit));
  });
})();
