// Figures with a slider (rfcompanion/figures/moving.py). A part that moves is [element, attribute, values, axes]:
// values are texts; or, with axes, steps of 0.1 between successive coordinates (0: horizontal, 1: vertical, one after
// the other). With an empty attribute the values are what the element holds.
(() => {
  "use strict";
  const number = /-?\d+(?:\.\d+)?/g;
  document.querySelectorAll("figure.rf-frames:not([data-ready])").forEach((figure) => {
    const data = JSON.parse(figure.querySelector(".rf-frames-data").textContent);
    const svg = figure.querySelector("svg");
    const all = svg.querySelectorAll("*");
    const slider = figure.querySelector("input");
    const parts = data.parts.map(([index, name, values, axes]) => ({ element: all[index], name, values, axes,
      given: name && all[index].getAttribute(name) }));
    const coordinates = (given, steps, axes) => {
      const found = given.match(number);
      const count = found.length / 2;
      let at = 0;
      steps.forEach((step, k) => {
        at += step;
        found[2 * (k % count) + axes[Math.floor(k / count)]] = at / 10;
      });
      let next = 0;
      return given.replace(number, () => found[next++]);
    };
    const show = () => {
      const k = Number(slider.value);
      for (const { element, name, values, axes, given } of parts) {
        if (!name) element.innerHTML = values[k];
        else element.setAttribute(name, axes ? coordinates(given, values[k], axes) : values[k]);
      }
      slider.setAttribute("aria-valuetext", data.values[k]);
      svg.setAttribute("aria-label", data.alt + " " + data.values[k] + ": " + data.messages[k]);
      figure.querySelector("output strong").textContent = data.values[k];
      figure.querySelector("output span").textContent = data.messages[k];
    };
    slider.addEventListener("input", show);

    // On a narrow screen panels stand one below the other: further views of the same drawing.
    const whole = svg.getAttribute("viewBox");
    const height = whole.split(" ")[3];
    const narrow = matchMedia("screen and (max-width: 540px)");
    const drawing = svg.querySelector("g");
    drawing.id = figure.id + "-drawing";
    const view = (k) => `${data.cuts[k]} 0 ${data.cuts[k + 1] - data.cuts[k]} ${height}`;
    const others = data.cuts.slice(1, -1).map((_, k) => {
      const other = svg.cloneNode(false);
      ["role", "aria-label"].forEach((name) => other.removeAttribute(name));
      other.setAttribute("aria-hidden", "true");
      other.setAttribute("viewBox", view(k + 1));
      other.innerHTML = `<use href="#${drawing.id}"/>`;
      return other;
    });
    const place = () => {
      const apart = narrow.matches && others.length > 0;
      svg.setAttribute("viewBox", apart ? view(0) : whole);
      others.forEach((other) => other.remove());
      if (apart) svg.after(...others);
    };
    narrow.addEventListener("change", place);
    place();
    figure.querySelector(".rf-frames-bar").hidden = false;
    figure.dataset.ready = "";
  });
})();
