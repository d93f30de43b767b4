// Certified numbers: the enclosure opens under its mark, also while the mouse is on it. Without this, a click opens it.
(() => {
  "use strict";

  const WAIT = 250; // milliseconds that the mouse may need from the mark to the text
  const places = [];
  for (const mark of document.querySelectorAll(".rf-certified-mark")) {
    const text = document.getElementById(mark.getAttribute("popovertarget"));
    if (!text || !text.showPopover) continue;
    let pinned = false; // opened by a click: the mouse does not close it
    let timer = 0;
    const open = () => text.matches(":popover-open");

    const place = () => {
      if (!open()) return;
      text.classList.add("rf-placed");
      const box = mark.getBoundingClientRect();
      const room = document.documentElement.clientWidth - text.offsetWidth - 8;
      const below = box.bottom + text.offsetHeight + 6 < window.innerHeight;
      const top = below ? box.bottom + 4 : Math.max(4, box.top - text.offsetHeight - 4);
      text.style.left = `${Math.max(8, Math.min(box.left, room)) + window.scrollX}px`;
      text.style.top = `${top + window.scrollY}px`;
    };
    places.push(place);

    text.addEventListener("toggle", () => {
      if (!open()) pinned = false;
      place();
    });
    mark.addEventListener("click", (event) => {
      if (open() && !pinned) event.preventDefault(); // the mouse has opened it: keep it
      pinned = true;
    });
    for (const part of [mark, text]) {
      part.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !open()) return;
        text.hidePopover();
        mark.focus();
      });
      part.addEventListener("pointerenter", (event) => {
        clearTimeout(timer);
        if (event.pointerType === "mouse" && !open()) text.showPopover();
      });
      part.addEventListener("pointerleave", () => {
        clearTimeout(timer);
        timer = setTimeout(() => pinned || !open() || text.hidePopover(), WAIT);
      });
    }
  }
  // Formulas that are set late move the marks.
  if (window.ResizeObserver) new ResizeObserver(() => places.forEach((place) => place())).observe(document.body);
})();
