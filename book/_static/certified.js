// Texts that open under their marks, while the mouse is on them: the enclosure of a certified number, where a click does
// the same without this script; and the definition of a term, whose mark is a link to the glossary in any case.
(() => {
  "use strict";

  const WAIT = 250; // milliseconds that the mouse may need from the mark to the text
  const places = [];
  for (const mark of document.querySelectorAll(".rf-certified-mark, .rf-term")) {
    const isLink = mark.matches("a");
    const text = document.getElementById(mark.getAttribute(isLink ? "aria-describedby" : "popovertarget"));
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
    if (isLink) {
      // The keyboard reads as the mouse does; a finger, which cannot hover, reads first and follows when it comes again.
      let unread = false;
      mark.addEventListener("focus", () => mark.matches(":focus-visible") && !open() && text.showPopover());
      mark.addEventListener("blur", () => open() && text.hidePopover());
      mark.addEventListener("pointerdown", (event) => {
        unread = event.pointerType === "touch" && !open();
      });
      mark.addEventListener("click", (event) => {
        if (!unread) return;
        event.preventDefault();
        unread = false;
        pinned = true;
        if (!open()) text.showPopover();
      });
    } else {
      mark.addEventListener("click", (event) => {
        if (open() && !pinned) event.preventDefault(); // the mouse has opened it: keep it
        pinned = true;
      });
    }
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
  // Formulas that are set late move the marks, and change the size of what has opened.
  if (!window.ResizeObserver) return;
  const sizes = new ResizeObserver(() => places.forEach((place) => place()));
  for (const one of [document.body, ...document.querySelectorAll(".rf-definition")]) sizes.observe(one);
})();
