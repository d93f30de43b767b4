// Slides: one at a time, by keys, buttons, clicks or the address; smaller letters where one does not fit; paper.
(() => {
  "use strict";
  const page = document.documentElement;
  const slides = [...document.querySelectorAll("main > section")];
  const list = document.querySelector("nav");
  const place = document.querySelector("#place");
  let at = Math.max(0, slides.findIndex((one) => "#" + one.id === location.hash));
  page.classList.add("rf-slides");

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = (isDark) => (page.dataset.theme = isDark ? "dark" : "light");
  paint(dark.matches);
  dark.addEventListener("change", () => paint(dark.matches));

  // A telephone held upright shows all slides, one below the other.
  const column = matchMedia("screen and (max-width: 700px) and (orientation: portrait)");

  // A slide whose text or formulas do not fit is set smaller, step by step.
  const fits = (one) => {
    if (one.scrollHeight > one.clientHeight + 1) return false;
    const box = one.getBoundingClientRect();
    const right = box.left + one.clientWidth - parseFloat(getComputedStyle(one).paddingRight) + 1;
    return [...one.querySelectorAll("p, mjx-container, figure, table, li, h1, h2")].every(
      (e) => e.scrollWidth <= e.clientWidth + 1 && e.getBoundingClientRect().right <= right,
    );
  };
  const fit = (one) => {
    one.style.removeProperty("--fit");
    if (column.matches) return;
    for (let size = 1; size >= 0.45 && !fits(one); size -= 0.05) one.style.setProperty("--fit", size.toFixed(2));
  };

  const show = (k) => {
    at = Math.min(slides.length - 1, Math.max(0, k));
    slides.forEach((one, j) => one.classList.toggle("now", j === at));
    place.textContent = `${at + 1} / ${slides.length}`;
    fit(slides[at]);
    if (column.matches) return;
    history.replaceState(null, "", "#" + slides[at].id);
    window.scrollTo(0, 0);
  };
  const open = (isOpen) => {
    list.hidden = !isOpen;
    if (isOpen) list.querySelectorAll("a")[at].focus();
  };

  const turns = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "o") open(list.hidden);
    else if (event.key === "Escape") open(false);
    else if (!list.hidden || column.matches) return;
    else if (event.key === "d") paint(page.dataset.theme !== "dark");
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(slides.length - 1);
    else if (turns[event.key] && !(event.key === " " && event.target.closest("button"))) {
      show(at + turns[event.key]);
      event.preventDefault();
    }
  });
  document.querySelector("#next").addEventListener("click", () => show(at + 1));
  document.querySelector("#back").addEventListener("click", () => show(at - 1));
  document.querySelector("#list").addEventListener("click", () => open(true));
  document.querySelector("main").addEventListener("click", (event) => {
    if (column.matches || event.target.closest("a") || String(getSelection())) return;
    show(at + (event.clientX < innerWidth / 3 ? -1 : 1));
  });
  window.addEventListener("hashchange", () => {
    open(false);
    const k = slides.findIndex((one) => "#" + one.id === location.hash);
    if (k >= 0) show(k);
  });
  window.addEventListener("resize", () => fit(slides[at]));

  // Formulas are set while the first slide is shown (math.js), and change what fits.
  window.addEventListener("rf-formulas", (event) => {
    if (event.detail.some((formula) => slides[at].contains(formula))) fit(slides[at]);
  });
  if (window.rfFormulas) window.rfFormulas.all();

  // Paper shows every slide, light; math.js has set what was left.
  let before = null;
  window.addEventListener("beforeprint", () => {
    before = page.dataset.theme;
    paint(false);
    page.classList.add("rf-paper");
    slides.forEach(fit);
  });
  window.addEventListener("afterprint", () => {
    page.classList.remove("rf-paper");
    paint(before === "dark");
    show(at);
  });

  document.fonts.ready.then(() => fit(slides[at]));
  show(at);
})();
