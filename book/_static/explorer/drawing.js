// The drawing of the staircase.
((rf) => {
  "use strict";

  // Width and height, then left, right, top and bottom margins: letters are as large on a telephone as on a desk.
  const WIDE = [640, 360, 62, 20, 14, 46];
  const NARROW = [340, 300, 62, 18, 12, 44];
  rf.size = (width) => (width && width < 480 ? NARROW : WIDE);

  // the staircase of a state, its points and scales in logarithms
  rf.look = (state, size) => {
    const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = size;
    const steps = rf.staircase(state.d, state.b, rf.LIMITS.smallest);
    let [right, low] = [1, -1];
    const points = [];
    for (const { before, count, left, mass } of steps.blocks) {
      const [x0, x1] = [before < 1n ? 0 : rf.log10(before), rf.log10(before + count)];
      const one = 1n << BigInt(steps.bits);
      const [t0, t1] = [rf.toNumber(left, one), rf.toNumber(left - mass, one)];
      const parts = Math.max(2, Math.min(16, Math.ceil((x1 - x0) * 12)));
      for (let k = 0; k <= parts; k++) {
        const x = x0 + ((x1 - x0) * k) / parts;
        const share = Math.min(1, Math.max(0, (10 ** (x - x1) - 10 ** (x0 - x1)) / (1 - 10 ** (x0 - x1))));
        const y = k === parts ? t1 : before < 1n ? t0 : t0 - (t0 - t1) * share;
        if (y > 0) points.push([x, Math.log10(y)]);
      }
      if (t1 > 1e-4 || right < 4) [right, low] = [x1, Math.log10(Math.max(t1, 1e-5))];
    }
    right = Math.min(60, Math.max(4, Math.ceil(right + 0.5)));
    low = Math.max(-5, Math.floor(low - 0.2));
    return {
      size,
      steps,
      points,
      right,
      low,
      x: (v) => LEFT + ((WIDTH - LEFT - RIGHT) * v) / right,
      y: (v) => TOP + ((HEIGHT - TOP - BOTTOM) * v) / low,
      back: (px) => ((px - LEFT) / (WIDTH - LEFT - RIGHT)) * right,
    };
  };

  // axes and staircase as the text of an SVG
  rf.axes = (view) => {
    const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = view.size;
    const parts = [];
    const line = (x1, y1, x2, y2, cls) =>
      parts.push(`<line class="${cls}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`);
    const every = Math.max(1, Math.ceil(view.right / (WIDTH < 500 ? 5 : 8)));
    for (let v = 0; v <= view.right; v += every) {
      line(view.x(v), TOP, view.x(v), HEIGHT - BOTTOM, "rf-grid");
      parts.push(`<text x="${view.x(v)}" y="${HEIGHT - BOTTOM + 17}" text-anchor="middle">10${rf.superscript(v)}</text>`);
    }
    for (let v = 0; v >= view.low; v--) {
      line(LEFT, view.y(v), WIDTH - RIGHT, view.y(v), "rf-grid");
      const label = v === 0 ? "1" : v > -3 ? String(10 ** v) : `10${rf.superscript(v)}`;
      parts.push(`<text x="${LEFT - 7}" y="${view.y(v) + 4}" text-anchor="end">${label}</text>`);
    }
    const middle = (TOP + HEIGHT - BOTTOM) / 2;
    parts.push(`<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">number of features r</text>`);
    parts.push(`<text transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">smallest relative error</text>`);
    const path = view.points
      .filter(([x, y]) => x <= view.right && y >= view.low)
      .map(([x, y], k) => `${k ? "L" : "M"}${view.x(x).toFixed(1)} ${view.y(y).toFixed(1)}`);
    parts.push(`<path class="rf-stairs" d="${path.join("")}"/>`);
    return parts.join("");
  };
})((window.rfExplorer ??= {}));
