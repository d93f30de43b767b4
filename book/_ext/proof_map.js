// The proof map: focus or a click shows what a statement rests on, what rests on it, and its entry.
(() => {
  "use strict";
  const map = document.querySelector("svg.rf-map");
  const panel = document.getElementById("rf-panel");
  if (!map || !panel) return;
  const frame = map.parentElement;
  const boxes = [...map.querySelectorAll("a.rf-node")];
  const lines = [...map.querySelectorAll("path[data-from]")];
  const byLabel = new Map(boxes.map((box) => [box.dataset.label, box]));
  const hint = [...panel.childNodes];
  let chosen = null;

  const reach = (label, from, to) => {
    const found = new Set();
    const todo = [label];
    while (todo.length) {
      const next = todo.pop();
      for (const { dataset } of lines)
        if (dataset[from] === next && !found.has(dataset[to])) {
          found.add(dataset[to]);
          todo.push(dataset[to]);
        }
    }
    return found;
  };

  const colour = (label) => {
    const below = label ? reach(label, "from", "to") : new Set();
    const above = label ? reach(label, "to", "from") : new Set();
    map.classList.toggle("rf-chosen", Boolean(label));
    for (const box of boxes) {
      const name = box.dataset.label;
      box.classList.toggle("rf-self", name === label);
      box.classList.toggle("rf-below", below.has(name));
      box.classList.toggle("rf-above", above.has(name));
    }
    for (const line of lines) {
      const { from, to } = line.dataset;
      const isBelow = (from === label || below.has(from)) && below.has(to);
      const isAbove = (to === label || above.has(to)) && above.has(from);
      line.classList.toggle("rf-below", isBelow);
      line.classList.toggle("rf-above", isAbove);
      if (isBelow || isAbove) line.parentElement.append(line); // over the pale ones
    }
  };

  // The entry in the list below says it all; the panel shows a copy, unfolded, with the statement first.
  const fill = (label) => {
    const entry = document.getElementById("map-" + label);
    if (!entry) return;
    const part = (selector) => entry.querySelector(selector).cloneNode(true);
    const paragraph = (child) => {
      const element = document.createElement("p");
      element.append(child);
      return element;
    };
    const links = part(".rf-links");
    for (const link of links.querySelectorAll('a[href^="#map-"]')) link.dataset.box = link.hash.slice(5);
    panel.replaceChildren(paragraph(part(".rf-head")), part(".rf-said"), paragraph(links));
    panel.scrollTop = 0;
    if (window.rfFormulas) window.rfFormulas.add(panel);
  };

  const choose = (box) => {
    if (chosen === box) return;
    const still = (box || chosen).getBoundingClientRect().top;
    colour(box && box.dataset.label);
    panel.classList.toggle("rf-open", Boolean(box)); // higher, and in sight while the map is
    if (box) fill(box.dataset.label);
    else panel.replaceChildren(...hint);
    window.scrollBy(0, (box || chosen).getBoundingClientRect().top - still);
    chosen = box;
  };

  // The panel stays in sight above the map: a box must not hide behind it.
  const reveal = (box) => {
    const place = box.getBoundingClientRect();
    const top = panel.getBoundingClientRect().bottom + 12;
    if (place.top < top) window.scrollBy(0, place.top - top - 12);
    else if (place.bottom > window.innerHeight - 12) window.scrollBy(0, place.bottom - window.innerHeight + 48);
    const inside = frame.getBoundingClientRect();
    if (place.left < inside.left) frame.scrollLeft += place.left - inside.left - 12;
    else if (place.right > inside.right) frame.scrollLeft += place.right - inside.right + 12;
  };

  const enter = (box) => {
    box.focus({ preventScroll: true });
    reveal(box);
  };

  // Several boxes may lie up or down: the arrow leads to the first, the arrow with Shift on to the next of them.
  let fork = null;
  const onward = (label, from, to) => {
    const targets = lines.filter(({ dataset }) => dataset[from] === label).map(({ dataset }) => dataset[to]);
    if (!targets.length) return null;
    fork = { targets, at: 0, from };
    return byLabel.get(targets[0]);
  };
  const beside = (label, from) => {
    if (!fork || fork.from !== from || fork.targets[fork.at] !== label) return null;
    fork.at = (fork.at + 1) % fork.targets.length;
    return byLabel.get(fork.targets[fork.at]);
  };
  lines.sort((one, other) => order(one) - order(other)); // "first" is the first on the map, whatever is drawn last
  function order({ dataset }) {
    return boxes.indexOf(byLabel.get(dataset.from)) * boxes.length + boxes.indexOf(byLabel.get(dataset.to));
  }

  boxes.forEach((box, index) => {
    if (index) box.setAttribute("tabindex", "-1"); // one stop for Tab; the arrow keys move inside
    box.addEventListener("focus", () => {
      for (const other of boxes) other.setAttribute("tabindex", other === box ? "0" : "-1");
      choose(box);
      reveal(box);
    });
    box.addEventListener("mouseenter", () => chosen || colour(box.dataset.label));
    box.addEventListener("mouseleave", () => chosen || colour(null));
    box.addEventListener("click", (event) => {
      event.preventDefault();
      enter(box);
      choose(box);
    });
    box.addEventListener("keydown", (event) => {
      const { label } = box.dataset;
      const steps = {
        ArrowRight: () => boxes[index + 1],
        ArrowLeft: () => boxes[index - 1],
        ArrowUp: () => (event.shiftKey && beside(label, "from")) || onward(label, "from", "to"), // what it rests on
        ArrowDown: () => (event.shiftKey && beside(label, "to")) || onward(label, "to", "from"), // what uses it
        Home: () => boxes[0],
        End: () => boxes[boxes.length - 1],
      };
      if (event.key in steps) {
        const target = steps[event.key]();
        if (target) enter(target);
      } else if (event.key === "Enter" || event.key === " ") {
        choose(box);
        panel.focus({ preventScroll: true });
      } else if (event.key === "Escape") choose(null);
      else return;
      event.preventDefault();
    });
  });

  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen) enter(chosen);
  });
  panel.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-box]");
    const box = link && byLabel.get(link.dataset.box);
    if (!box) return;
    event.preventDefault();
    enter(box);
  });
})();
