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

  // A formula that is wider than its line scrolls inside itself, and can be scrolled with the keyboard.
  const fit = () => {
    const article = document.querySelector(".bd-article");
    if (!article) return;
    const inline = article.querySelectorAll('mjx-container:not([display="true"])');
    inline.forEach((formula) => formula.classList.remove("rf-wide"));
    const wide = Array.from(inline).filter((formula) => {
      const block = formula.parentElement.closest("p, li, dd, dt, td, th, h1, h2, h3, h4, summary, div");
      return block && formula.getBoundingClientRect().width > block.clientWidth;
    });
    wide.forEach((formula) => formula.classList.add("rf-wide"));
    const scrolling = ".math, mjx-container, .pst-scrollable-table-container, pre, .output";
    article.querySelectorAll(scrolling).forEach((box) => {
      const scrolls = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";
      if (scrolls) box.setAttribute("tabindex", "0");
    });
  };

  const afterMath = (task) => {
    const startup = window.MathJax && window.MathJax.startup;
    if (startup && startup.promise) startup.promise.then(task);
    else task();
  };

  // The menu of MathJax: without the entries whose parts are not kept in this folder.
  const trimMenu = () => {
    const wrapper = window.MathJax && window.MathJax.startup && window.MathJax.startup.document;
    const menu = wrapper && wrapper.menu && wrapper.menu.menu;
    if (!menu) return;
    for (const path of [["Settings", "Renderer"], ["Accessibility"], ["Language"]]) {
      const item = menu.findID(...path);
      if (item) item.disable();
    }
  };

  window.addEventListener("load", () => {
    // The side bar's logo and search stand outside every landmark of the theme.
    const bar = document.querySelector(".bd-sidebar-primary");
    if (bar) {
      bar.setAttribute("role", "region");
      bar.setAttribute("aria-label", "Book");
    }
    afterMath(() => {
      trimMenu();
      fit();
    });
    let timer;
    window.addEventListener("resize", () => {
      clearTimeout(timer);
      timer = setTimeout(fit, 150);
    });
    // Formulas inside a fold have no width until it is opened.
    document.querySelectorAll("details").forEach((fold) => fold.addEventListener("toggle", fit));
  });
})();
