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

  // What is wider than its line, as a formula may be, scrolls inside itself, can be scrolled with the keyboard, and has a
  // shade at the end where more is hidden. Long pages have thousands of boxes: they are looked at in slices, after the
  // page was laid out, so that it answers meanwhile.
  const SLICE = 4; // milliseconds
  const BOXES = "mjx-container, .math, .pst-scrollable-table-container, pre, .output, .rf-view, .rf-scroll";
  const queue = new Set();
  const asleep = new Set(); // sections that are not laid out
  const sleeps = (section) => asleep.has(section) && getComputedStyle(section).contentVisibility === "auto";
  let busy = false;
  const look = (box) => {
    if (!box.isConnected || (box.closest("details:not([open])") && !box.closest("summary"))) return [];
    if (box.matches(".math:not(.rf-set)")) return []; // when it is set
    if (sleeps(box.closest(".rf-rest"))) return []; // when it comes near
    if (box.localName === "mjx-container" && box.getAttribute("display") !== "true") {
      const block = box.parentElement.closest("p, li, dd, dt, td, th, h1, h2, h3, h4, summary, div");
      const wide = block && box.getBoundingClientRect().width > block.clientWidth;
      return wide ? ["rf-wide", "tabindex"] : [];
    }
    const scrolls = box.scrollWidth > box.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(box).overflowX);
    return scrolls ? ["tabindex"] : [];
  };
  const shade = (box) => {
    const hidden = box.scrollWidth - box.clientWidth;
    const rest = hidden - Math.abs(box.scrollLeft);
    box.classList.toggle("rf-left", hidden > 1 && Math.abs(box.scrollLeft) > 1);
    box.classList.toggle("rf-right", rest > 1);
  };
  const onScroll = ({ target }) => target instanceof Element && target.matches(BOXES) && shade(target);
  document.addEventListener("scroll", onScroll, { capture: true, passive: true });
  const work = async () => {
    busy = true;
    while (queue.size) {
      await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0)));
      const start = performance.now();
      const found = [];
      for (const box of queue) {
        queue.delete(box);
        found.push([box, look(box)]);
        if (performance.now() - start > SLICE) break;
      }
      found.forEach(([box, marks]) => {
        if (marks.includes("rf-wide")) box.classList.add("rf-wide");
        if (marks.includes("tabindex")) box.setAttribute("tabindex", "0");
      });
      found.forEach(([box, marks]) => marks.length && shade(box));
    }
    busy = false;
  };
  const add = (boxes) => {
    boxes.forEach((box) => queue.add(box));
    if (!busy) work();
  };
  // For tools that measure a page: await rfBoxes.settled() after unfolding something.
  const settled = async () => {
    while (busy) await new Promise((go) => setTimeout(go, 20));
  };
  window.rfBoxes = { settled };
  const fit = (place) => {
    const marked = place.querySelectorAll(".rf-wide, .rf-left, .rf-right");
    marked.forEach((box) => box.classList.remove("rf-wide", "rf-left", "rf-right"));
    const skipped = new Set(Array.from(place.querySelectorAll(".rf-rest")).filter(sleeps));
    add(Array.from(place.querySelectorAll(BOXES)).filter((box) => !skipped.has(box.closest(".rf-rest"))));
  };

  document.querySelectorAll(".rf-rest").forEach((section) => {
    if ("oncontentvisibilityautostatechange" in section) asleep.add(section);
    section.addEventListener("contentvisibilityautostatechange", (event) => {
      if (event.target !== section) return; // a drawing in it
      if (event.skipped) return asleep.add(section);
      asleep.delete(section);
      fit(section);
    });
  });
  window.addEventListener("rf-formulas", (event) =>
    event.detail.forEach((formula) => add([formula, ...formula.querySelectorAll("mjx-container")])),
  );
  window.addEventListener("load", () => {
    const article = document.querySelector(".bd-article");
    if (!article) return;
    fit(article);
    let timer;
    window.addEventListener("resize", () => {
      clearTimeout(timer);
      timer = setTimeout(() => fit(article), 150);
    });
    // What is inside a fold has no width until it is opened.
    article.querySelectorAll("details").forEach((fold) => fold.addEventListener("toggle", () => fold.open && fit(fold)));
  });
})();
