// The explorer: numbers of the book without a server. The first half is arithmetic, the second the page's widget.
// Unbiased neuron: fixed-point integers, as in rfcompanion/lower_bound.py. With a bias: the spectrum in float64, as in
// rfcompanion/concentration.py. The weight frontier and the paper's route come from the table book/data/explorer.json.
(() => {
  "use strict";
  const rf = {};

  // ---------------------------------------------------------------------------------------------- integers

  const bitLength = (n) => n.toString(2).length;

  const binomial = (n, k) => {
    let value = 1n;
    for (let j = 1n; j <= BigInt(k); j++) value = (value * (BigInt(n) - BigInt(k) + j)) / j;
    return value;
  };

  rf.harmonicDimension = (dim, degree) =>
    binomial(degree + dim - 1, dim - 1) - (degree >= 2 ? binomial(degree + dim - 3, dim - 1) : 0n);

  const nextDimension = (d, l, count) =>
    l === 0n
      ? (d * (d + 1n)) / 2n - 1n
      : (count * (2n * l + d + 2n) * (l + d - 1n) * (l + d - 2n)) / ((2n * l + d - 2n) * (l + 1n) * (l + 2n));

  // π in units of 2^−bits, by Machin's formula
  const pi = (bits) => {
    const guard = BigInt(bits) + 32n;
    const arctan = (x) => {
      let power = (1n << guard) / x;
      let total = power;
      for (let n = 3n, sign = -1n; power > 0n; n += 2n, sign = -sign) {
        power /= x * x;
        total += (sign * power) / n;
      }
      return total;
    };
    return (4n * (4n * arctan(5n) - arctan(239n))) >> 32n;
  };

  // m_0 = (d/2π)(Γ(d/2)/Γ((d+1)/2))²: the quotient of gammas is a product of k/(k+1), times √π or 2/√π
  const massZero = (dim, bits) => {
    let above = BigInt(dim);
    let below = 1n;
    for (let k = dim % 2 ? 1 : 2; k <= dim - 2; k += 2) {
      above *= BigInt(k) ** 2n;
      below *= BigInt(k + 1) ** 2n;
    }
    if (dim % 2) return (above << BigInt(bits)) / (2n * below);
    const p = pi(bits + 40);
    return ((2n * above) << BigInt(3 * bits + 80)) / (below * p * p);
  };

  const toNumber = (above, below) => {
    // a quotient of large integers, to the last bit or so
    if (above <= 0n) return 0;
    const shift = bitLength(above) - bitLength(below) - 64;
    const quotient = shift > 0 ? above / (below << BigInt(shift)) : (above << BigInt(-shift)) / below;
    return Number(quotient) * 2 ** shift;
  };

  rf.log10 = (n) => {
    const digits = n.toString();
    return digits.length - 1 + Math.log10(Number(digits.slice(0, 1) + "." + digits.slice(1, 18)));
  };

  // A staircase: the degrees in the order in which the best features fill them, each with its number of features,
  // its mass and what is left before it, in units of 2^−bits.
  const assemble = (bits, degrees) => {
    let left = 1n << BigInt(bits);
    let before = 0n;
    const blocks = [];
    for (const [degree, count, mass] of degrees) {
      blocks.push({ degree, count, mass, before, left });
      left -= mass;
      before += count;
    }
    return { bits, blocks, left, total: before };
  };

  const unbiasedDegrees = (dim, smallest, bits) => {
    const d = BigInt(dim);
    const one = 1n << BigInt(bits);
    const target = BigInt(Math.floor(smallest * 2 ** 60)) << BigInt(bits - 60);
    const degrees = [];
    let mass = massZero(dim, bits);
    let left = one - mass;
    let count = 1n;
    degrees.push([0, count, mass], [1, d, one >> 1n]);
    left -= one >> 1n;
    for (let l = 0n; left > target && degrees.length < 30000; ) {
      count = nextDimension(d, l, count);
      let grow = (2n * l + d + 2n) * (l + d - 1n) * (l + d - 2n);
      let shrink = (2n * l + d - 2n) * (l + 1n) * (l + 2n);
      if (l === 0n) [grow, shrink] = [(d + 2n) * (d - 1n), 2n];
      mass = (mass * grow * (l - 1n) ** 2n) / (shrink * (l + d + 1n) ** 2n);
      l += 2n;
      left -= mass;
      degrees.push([Number(l), count, mass]);
    }
    return degrees;
  };

  const cache = new Map();
  rf.staircase = (dim, bias = 0, smallest = 1e-6) => {
    const key = `${dim} ${bias} ${smallest}`;
    if (!cache.has(key)) {
      if (cache.size > 40) cache.clear();
      if (bias === 0) {
        const rough = unbiasedDegrees(dim, smallest, 192);
        const bits = bitLength(rough[rough.length - 1][1]) + 160;
        cache.set(key, assemble(bits, unbiasedDegrees(dim, smallest, bits)));
      } else cache.set(key, biasedStaircase(dim, bias, smallest));
    }
    return cache.get(key);
  };

  // e_r in units of 2^−bits, as an exact quotient; null where it lies below what the staircase holds
  const exactError = ({ blocks, total }, features) => {
    if (features >= total) return null;
    const block = blocks.find((one) => features < one.before + one.count);
    return [block.left * block.count - (features - block.before) * block.mass, block.count];
  };

  rf.bestError = (dim, features, bias = 0, smallest = 1e-6) => {
    const steps = rf.staircase(dim, bias, smallest);
    const error = exactError(steps, features);
    return error && toNumber(error[0], error[1] << BigInt(steps.bits));
  };

  // min{r : e_r ≤ above/below}, or null
  const fewest = ({ blocks }, [above, below]) => {
    for (const { left, mass, count, before } of blocks)
      if ((left - mass) * below <= above) {
        const missing = (left * below - above) * count;
        return missing <= 0n ? before : before + (missing + mass * below - 1n) / (mass * below);
      }
    return null;
  };

  rf.minFeatures = (dim, error, bias = 0, smallest = 1e-6) => {
    const steps = rf.staircase(dim, bias, Math.min(smallest, error / 2));
    return fewest(steps, [BigInt(error * 2 ** 120) << BigInt(steps.bits - 120), 1n]);
  };

  // the fewest features that are as good as r of them: e_r is not rounded on the way
  rf.fewestAsGood = (dim, features, bias = 0, smallest = 1e-6) => {
    const steps = rf.staircase(dim, bias, smallest);
    const error = exactError(steps, features);
    return error && fewest(steps, error);
  };

  // ---------------------------------------------------------------------------------------------- with a bias

  const logGamma = (x) => {
    let shift = 0;
    while (x < 25) shift += Math.log(x++);
    const y = 1 / (x * x);
    const series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x;
    return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
  };

  // regularised incomplete beta function I_x(a, 1/2), with 1 − x given: its continued fraction
  const incompleteBeta = (a, x, rest) => {
    const b = 0.5;
    const fraction = (p, q, z) => {
      const tiny = 1e-300;
      let c = 1;
      let f = 1 - ((p + q) * z) / (p + 1);
      f = 1 / (Math.abs(f) < tiny ? tiny : f);
      let h = f;
      for (let m = 1; m < 5000; m++) {
        for (const even of [true, false]) {
          const s = even
            ? (m * (q - m) * z) / ((p + 2 * m - 1) * (p + 2 * m))
            : (-(p + m) * (p + q + m) * z) / ((p + 2 * m) * (p + 2 * m + 1));
          f = 1 + s * f;
          f = 1 / (Math.abs(f) < tiny ? tiny : f);
          c = 1 + s / c;
          if (Math.abs(c) < tiny) c = tiny;
          h *= f * c;
        }
        if (Math.abs(f * c - 1) < 1e-16) break;
      }
      return h;
    };
    if (x <= 0) return 0;
    if (rest <= 0) return 1;
    const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(rest));
    return x < (a + 1) / (a + b + 2) ? (front * fraction(a, b, x)) / a : 1 - (front * fraction(b, a, rest)) / b;
  };

  // E[Z+b]_+² without its factor e^{−b²/2}, by the trapezoidal rule in log u: no cancellation
  const neuronNorm = (bias) => {
    const [low, high, n] = [-16, Math.log(Math.abs(bias) + 14), 1200];
    const step = (high - low) / n;
    let total = 0;
    for (let k = 0; k <= n; k++) {
      const u = Math.exp(low + k * step);
      total += u ** 3 * Math.exp(-(u * u) / 2 + u * bias);
    }
    return (total * step) / Math.sqrt(2 * Math.PI);
  };

  rf.biasedMasses = (dim, maxDegree, bias) => {
    const a = Math.abs(bias);
    const norm = neuronNorm(bias); // times e^{−b²/2}
    const log = Math.log;
    // grid in log τ, τ² = ρ² − b²
    const envelope = (s) => {
      const t = Math.exp(s);
      const lr = log(Math.hypot(t, a));
      return (dim - 2) * lr + 2 * s - (t * t) / 2 + dim * (s - lr);
    };
    const ends = [-60, log(Math.sqrt(2 * dim) + 60)];
    const points = Array.from({ length: 12001 }, (_, k) => ends[0] + ((ends[1] - ends[0]) * k) / 12000);
    const heights = points.map(envelope);
    const top = heights.reduce((x, y) => Math.max(x, y));
    const inside = points.filter((_, k) => heights[k] > top - 80);
    const nodes = 400 + 8 * maxDegree;
    const step = (inside[inside.length - 1] - inside[0]) / nodes;
    const masses = new Array(maxDegree + 1).fill(0);
    const surface = Math.exp(logGamma(dim / 2) - logGamma((dim - 1) / 2)) / Math.sqrt(Math.PI);
    const chi = (1 - dim / 2) * log(2) - logGamma(dim / 2) + log(step);
    const constant =
      2 * (logGamma(dim / 2) - logGamma((dim - 1) / 2)) - log(Math.PI) - 2 * log(dim * dim - 1);
    const ratios = [];
    const steps = [];
    for (let l = 2; l <= maxDegree; l++) {
      ratios[l] = log(dim + 2) + log(dim + 1) + log(dim) + log(dim - 1);
      ratios[l] -= log(l) + log(l - 1) + log(l + dim - 1) + log(l + dim - 2);
      const n = l - 1;
      const big = dim + 4;
      steps[l] = Math.sqrt((n * (n + big - 3)) / ((2 * n + big - 2) * (2 * n + big - 4)));
    }
    const means = [0, 0, 0, 0];
    for (let k = 0; k <= nodes; k++) {
      const s = inside[0] + k * step;
      const tau = Math.exp(s);
      const rho = Math.hypot(tau, a);
      const logSine2 = 2 * (s - log(rho));
      const logDensity = chi + (dim - 2) * log(rho) + 2 * s - (tau * tau) / 2;
      const density = Math.exp(logDensity);
      const sine2 = Math.exp(logSine2);
      const cosine = a / rho;
      if (density > 0) {
        const tail = incompleteBeta((dim - 1) / 2, sine2, cosine * cosine) / 2;
        const c0 = rho * ((surface / (dim - 1)) * sine2 ** ((dim - 1) / 2) - cosine * tail);
        const c1 = (rho / (2 * dim)) * incompleteBeta((dim + 1) / 2, sine2, cosine * cosine);
        means[0] += density * c0;
        means[1] += density * c0 * c0;
        means[2] += density * c1 * c1;
        means[3] += density * rho * c1;
      }
      const logWeight = logDensity + constant + 2 * log(rho) + (dim + 1) * logSine2;
      const t = -bias / rho;
      let [previous, current, shift, last] = [0, 1, 0, 0];
      for (let l = 2; l <= maxDegree; l++) {
        if (current !== 0) masses[l] += Math.exp(logWeight + ratios[l] + 2 * (log(Math.abs(current)) + shift));
        [previous, current] = [current, (t * current - last * previous) / steps[l]];
        last = steps[l];
        const size = Math.abs(current) + Math.abs(previous);
        if (size > 1e100) {
          previous /= size;
          current /= size;
          shift += log(size);
        }
      }
    }
    if (bias < 0) {
      masses[0] = means[1];
      masses[1] = dim * means[2];
    } else {
      const lift = Math.exp((a * a) / 2);
      masses[0] = bias * bias * lift + 2 * bias * means[0] + means[1];
      masses[1] = lift - 2 * means[3] + dim * means[2];
    }
    return masses.map((mass) => mass / norm);
  };

  const biasedStaircase = (dim, bias, smallest) => {
    const bits = 400;
    const fixed = (x) => BigInt(Math.round(x * 2 ** 200)) << BigInt(bits - 200);
    for (let top = 16; ; top *= 2) {
      const masses = rf.biasedMasses(dim, top, bias);
      const list = masses.map((mass, l) => ({ l, count: rf.harmonicDimension(dim, l), mass }));
      list.forEach((one) => (one.each = log2(one)));
      list.sort((x, y) => y.each - x.each);
      const left = Math.max(1 - masses.reduce((x, y) => x + y, 0), 0) + 1e-13;
      const unlisted = Math.log2(left) - rf.log10(rf.harmonicDimension(dim, top + 1)) * Math.log2(10);
      const kept = [];
      let rest = 1;
      for (const one of list) {
        if (one.each < unlisted) break; // a degree that is not listed could come before this one
        kept.push([one.l, one.count, fixed(one.mass)]);
        rest -= one.mass;
        if (rest < smallest) break;
      }
      if (rest < smallest || top >= 512) return assemble(bits, kept);
    }
  };
  const log2 = (one) => Math.log2(Math.max(one.mass, 1e-300)) - rf.log10(one.count) * Math.log2(10);

  // ---------------------------------------------------------------------------------------------- the table

  // Ends of an enclosure of E_B. √E_B is convex in B: it lies below the chord of two tabulated budgets, and above the
  // tangents, which come from dual polynomials. The enclosures of the table are 0.1 % wide at most.
  const SLACK = 10 ** 4e-4;
  rf.weightLimited = (table, dim, budget) => {
    const curve = table.frontier[String(dim)];
    const count = curve ? curve.logs.length : 0;
    if (!count || budget < 1) return null;
    const at = (k) => 10 ** table.log_budgets[k];
    const root = (k) => 10 ** (curve.logs[k] / 2);
    const tangent = (k) => root(k) * (1 + (curve.slopes[k] / 2) * (budget / at(k) - 1));
    const inside = table.log_budgets.findIndex((log, k) => k < count && Math.log10(budget) <= log + 1e-5);
    const k = inside < 0 ? count - 1 : Math.max(inside - 1, 0);
    let low = Math.max(tangent(k), 0);
    let high = root(k); // more weights are never worse
    if (inside >= 0 && count > 1) {
      const share = Math.min((budget - at(k)) / (at(k + 1) - at(k)), 1);
      low = Math.max(low, tangent(k + 1));
      high += share * (root(k + 1) - root(k));
    }
    return { low: low ** 2 / SLACK, high: high ** 2 * SLACK, last: at(count - 1), open: inside < 0 };
  };

  // log10 of what the paper's route proves at an error: the tabulated one above it, which is weaker
  rf.paperRoute = (table, dim, error, what) => {
    const rows = table.route[String(dim)];
    if (!rows || !(error > 0)) return null;
    let found = null;
    table.log_errors.forEach((one, k) => {
      if (Math.log10(error) <= one + 1e-12 && rows[what][k] !== null) found = rows[what][k];
    });
    return found;
  };

  // ---------------------------------------------------------------------------------------------- reading and writing

  rf.LIMITS = { d: [3, 200], b: [-4, 2], r: [1n, 10n ** 60n], B: [1, 1e6], smallest: 1e-5 };

  rf.readInteger = (text) => {
    const found = /^\s*(\d[\d\s,_.]*)?(?:[eE]|(?:[*×x·]?\s*10\s*\^))?\s*(\d+)?\s*$/.exec(text);
    if (!found) return null;
    const power = /[eE^]/.test(text);
    const mantissa = (found[1] || (power ? "1" : "")).replace(/[\s,_]/g, "").replace(/\.$/, "");
    if (!power) return /^\d+$/.test(text.replace(/[\s,_]/g, "")) ? BigInt(text.replace(/[\s,_]/g, "")) : null;
    const [whole, part = ""] = mantissa.split(".");
    const exponent = Number(found[2]);
    if (!/^\d+$/.test(whole + part) || !Number.isInteger(exponent) || exponent > 400) return null;
    return exponent >= part.length
      ? BigInt(whole + part) * 10n ** BigInt(exponent - part.length)
      : BigInt(whole + part) / 10n ** BigInt(part.length - exponent);
  };

  const superscript = (n) => [...String(n)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] || "⁻").join("");
  rf.writeInteger = (n) => {
    const text = n.toString();
    if (text.length <= 15) return text.replace(/\B(?=(\d{3})+$)/g, ",");
    const e = Math.floor(rf.log10(n));
    return `${(10 ** (rf.log10(n) - e)).toFixed(3)}·10${superscript(e)}`;
  };
  // n digits, rounded down (or up): a bound stays one
  const bound = (x, n, round = Math.floor) => {
    const unit = 10 ** (n - 1 - Math.floor(Math.log10(x)));
    return String(Number((round(x * unit) / unit).toPrecision(n)));
  };
  const writePower = (log) => {
    if (log < 6) return Math.floor(10 ** log).toLocaleString("en-GB");
    return `${(Math.floor(10 ** (log % 1) * 100) / 100).toFixed(2)}·10${superscript(Math.floor(log))}`;
  };
  rf.writeError = (x) => (x >= 1e-3 ? String(Number(x.toPrecision(4))) : x.toExponential(3).replace("-", "−"));

  // the share of an address: #d=50&b=0&r=1000000&B=1000
  rf.readState = (fragment) => {
    const state = { d: 50, b: 0, r: 1000000n, B: 1000 };
    const given = new URLSearchParams(fragment.replace(/^#/, ""));
    const number = (name, round) => {
      const [low, high] = rf.LIMITS[name];
      const value = Number(given.get(name));
      if (given.get(name) && Number.isFinite(value)) state[name] = Math.min(high, Math.max(low, round(value)));
    };
    number("d", Math.round);
    number("b", (x) => Math.round(x * 10) / 10);
    number("B", (x) => Number(x.toPrecision(4)));
    if (/^\d{1,61}$/.test(given.get("r") || "")) state.r = BigInt(given.get("r"));
    if (state.r < 1n) state.r = 1n;
    if (state.r > rf.LIMITS.r[1]) state.r = rf.LIMITS.r[1];
    return state;
  };
  rf.writeState = ({ d, b, r, B }) => `#d=${d}&b=${b}&r=${r}&B=${B}`;

  // ---------------------------------------------------------------------------------------------- the widget

  // The drawing is made for its width, so that its letters are as large on a telephone as on a desk.
  const WIDE = [640, 360, 62, 20, 14, 46];
  const NARROW = [340, 300, 62, 18, 12, 44];

  rf.mount = (root, table) => {
    const find = (name) => root.querySelector(`[data-rf="${name}"]`);
    // In JupyterLab the address belongs to the application.
    const ownsAddress = !root.closest(".jp-OutputArea, .jp-Notebook, .lm-Widget, colab-output-view");
    let state = rf.readState(ownsAddress ? location.hash : "");
    let view = null;
    let [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = WIDE;
    const fitWidth = () => {
      [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = root.clientWidth && root.clientWidth < 480 ? NARROW : WIDE;
      find("plot").setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    };

    const power = (x) => {
      // 10^x as an integer, for real x
      const whole = Math.floor(x);
      const digits = BigInt(Math.round(10 ** (x - whole) * 1e15));
      return whole >= 15 ? digits * 10n ** BigInt(whole - 15) : (digits + 10n ** BigInt(14 - whole) * 5n) / 10n ** BigInt(15 - whole);
    };
    const clampR = (r) => {
      const top = view.steps.total - 1n;
      return r < 1n ? 1n : r > top ? top : r;
    };

    const look = () => {
      const steps = rf.staircase(state.d, state.b, rf.LIMITS.smallest);
      let [right, low] = [1, -1];
      const points = [];
      for (const { before, count, left, mass } of steps.blocks) {
        const [x0, x1] = [before < 1n ? 0 : rf.log10(before), rf.log10(before + count)];
        const one = 1n << BigInt(steps.bits);
        const [t0, t1] = [toNumber(left, one), toNumber(left - mass, one)];
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
      view = {
        steps,
        points,
        right,
        low,
        x: (v) => LEFT + ((WIDTH - LEFT - RIGHT) * v) / right,
        y: (v) => TOP + ((HEIGHT - TOP - BOTTOM) * v) / low,
        back: (px) => ((px - LEFT) / (WIDTH - LEFT - RIGHT)) * right,
      };
    };

    const drawAxes = () => {
      const parts = [];
      const line = (x1, y1, x2, y2, cls) =>
        parts.push(`<line class="${cls}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`);
      const every = Math.max(1, Math.ceil(view.right / (WIDTH < 500 ? 5 : 8)));
      for (let v = 0; v <= view.right; v += every) {
        line(view.x(v), TOP, view.x(v), HEIGHT - BOTTOM, "rf-grid");
        parts.push(`<text x="${view.x(v)}" y="${HEIGHT - BOTTOM + 17}" text-anchor="middle">10${superscript(v)}</text>`);
      }
      for (let v = 0; v >= view.low; v--) {
        line(LEFT, view.y(v), WIDTH - RIGHT, view.y(v), "rf-grid");
        const label = v === 0 ? "1" : v > -3 ? String(10 ** v) : `10${superscript(v)}`;
        parts.push(`<text x="${LEFT - 7}" y="${view.y(v) + 4}" text-anchor="end">${label}</text>`);
      }
      const middle = (TOP + HEIGHT - BOTTOM) / 2;
      parts.push(`<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">number of features r</text>`);
      parts.push(`<text transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">smallest relative error</text>`);
      const path = view.points
        .filter(([x, y]) => x <= view.right && y >= view.low)
        .map(([x, y], k) => `${k ? "L" : "M"}${view.x(x).toFixed(1)} ${view.y(y).toFixed(1)}`);
      parts.push(`<path class="rf-stairs" d="${path.join("")}"/>`);
      find("axes").innerHTML = parts.join("");
    };

    const say = (name, text) => (find(name).textContent = text);
    const [first, last] = [table.dims[0], table.dims[table.dims.length - 1]];
    const gapless = table.dims.length > 1 && table.dims.length === last - first + 1;
    const dimensions = gapless ? `every d from ${first} to ${last}` : `d = ${table.dims.join(", ")}`;

    const show = (fresh = true) => {
      if (fresh) {
        fitWidth();
        look();
        drawAxes();
      }
      state.r = clampR(state.r);
      const { d, b, r, B } = state;
      const error = rf.bestError(d, r, b, rf.LIMITS.smallest);
      const block = view.steps.blocks.find((one) => r <= one.before + one.count);
      for (const name of ["d", "b"])
        for (const control of root.querySelectorAll(`input[name="${name}"]`))
          if (control !== document.activeElement || control.type === "range") control.value = state[name];
      if (find("r") !== document.activeElement) find("r").value = r.toString().length > 15 ? shortR(r) : r.toString();
      if (find("error") !== document.activeElement) find("error").value = rf.writeError(error).replace("−", "-");
      if (find("B") !== document.activeElement) find("B").value = String(B);
      const [px, py] = [view.x(Math.min(rf.log10(r), view.right)), view.y(Math.max(Math.log10(error), view.low))];
      const handle = find("handle");
      handle.style.left = `${((px / WIDTH) * 100).toFixed(3)}%`;
      handle.style.top = `${((py / HEIGHT) * 100).toFixed(3)}%`;
      find("cross").setAttribute("d", `M${LEFT} ${py}H${px}V${HEIGHT - BOTTOM}`);
      handle.setAttribute("aria-valuenow", rf.log10(r).toFixed(2));
      handle.setAttribute("aria-valuemax", String(view.right));
      handle.setAttribute("aria-valuetext", `${rf.writeInteger(r)} features, error ${rf.writeError(error)}`);
      const share = toNumber((r - block.before) * 1000n, block.count) / 10;
      say("out-error", `e_r = ${rf.writeError(error)}`);
      say("out-error-note", `No choice of ${rf.writeInteger(r)} features has a smaller mean relative error.`);
      say("out-min", `r = ${rf.writeInteger(rf.fewestAsGood(d, r, b, rf.LIMITS.smallest))}`);
      say("out-min-note", `Degree ${block.degree} is being filled: ${share.toFixed(share > 99.9 ? 1 : 0)} % of its ${rf.writeInteger(block.count)} dimensions.`);
      const biased = "The table holds neurons without a bias only.";
      const absent = `Tabulated for ${dimensions}.`;
      const limited = b === 0 ? rf.weightLimited(table, d, B) : null;
      if (limited === null) {
        say("out-budget", b === 0 ? "not tabulated" : "only for b = 0");
        say("out-budget-note", b === 0 ? absent : biased);
      } else {
        const { low, high, last, open } = limited;
        const floor = bound(Math.max(low, error), 3);
        const decides = low > error ? "the weights decide" : high < error ? "the width decides" : "both weigh alike";
        const together = `Budget and width together: at least ${floor}; ${decides}.`;
        if (open) {
          say("out-budget", `E_B ≤ ${bound(high, 2, Math.ceil)}`);
          const end = bound(last, 3);
          say("out-budget-note", `The table of this dimension ends at B = ${end}; a larger budget is never worse. ${together}`);
        } else {
          const middle = Number(((low + high) / 2).toPrecision(2));
          say("out-budget", high < 1.03 * low ? `E_B ≈ ${middle}` : `${bound(low, 2)} ≤ E_B ≤ ${bound(high, 2, Math.ceil)}`);
          say("out-budget-note", together);
        }
      }
      const weights = b === 0 ? rf.paperRoute(table, d, error, "weights") : null;
      const width = b === 0 ? rf.paperRoute(table, d, error, "width") : null;
      if (b === 0 && table.route[String(d)]) {
        say("out-route", weights === null ? "nothing yet" : `r·max|u| ≥ ${writePower(weights)}`);
        say("out-route-note", width === null ? "At this error the paper's route proves nothing: it starts at smaller errors." : `Of the unit neuron with the worst bias. The same route by dimension alone: r ≥ ${writePower(width)}.`);
      } else {
        say("out-route", b === 0 ? "not tabulated" : "only for b = 0");
        say("out-route-note", b === 0 ? absent : biased);
      }
      const address = rf.writeState(state);
      find("share").value = ownsAddress ? location.href.replace(/#.*/, "") + address : address;
      if (ownsAddress && show.ready) history.replaceState(null, "", address);
      show.ready = true;
    };
    const shortR = (r) => {
      const e = Math.floor(rf.log10(r)) - 3;
      return `${r / 10n ** BigInt(e)}e${e}`;
    };

    // -------------------------------------------------------------- controls
    const complain = (control, text) => {
      control.setCustomValidity(text);
      control.setAttribute("aria-invalid", text ? "true" : "false");
      say("problem", text);
    };
    for (const name of ["d", "b"])
      for (const control of root.querySelectorAll(`input[name="${name}"]`))
        control.addEventListener("input", () => {
          const [low, high] = rf.LIMITS[name];
          const value = name === "d" ? Math.round(Number(control.value)) : Math.round(Number(control.value) * 10) / 10;
          if (control.value === "" || !(value >= low && value <= high)) {
            complain(control, `${name} must lie between ${low} and ${high}`);
            return;
          }
          complain(control, "");
          state[name] = value;
          show();
        });
    find("r").addEventListener("change", () => {
      const value = rf.readInteger(find("r").value);
      if (value === null || value < 1n) return complain(find("r"), "r must be a whole number from 1 on, such as 250 or 1e6");
      complain(find("r"), value >= view.steps.total ? "r is larger than the table of this page: shown is its end" : "");
      state.r = value;
      return show(false);
    });
    find("error").addEventListener("change", () => {
      const value = Number(find("error").value);
      const low = rf.LIMITS.smallest;
      if (!(value >= low && value < 1)) return complain(find("error"), `the error must lie between ${low} and 1`);
      const features = rf.minFeatures(state.d, value, state.b, low);
      if (features === null) return complain(find("error"), "this error is out of reach of this page for this bias");
      complain(find("error"), "");
      state.r = features;
      return show(false);
    });
    find("B").addEventListener("change", () => {
      const value = Number(find("B").value);
      if (!(value >= 1 && value <= 1e6)) return complain(find("B"), "B must lie between 1 and 1,000,000");
      complain(find("B"), "");
      state.B = Number(value.toPrecision(4));
      return show(false);
    });
    find("copy").addEventListener("click", () => {
      find("share").select();
      const done = () => say("problem", "The address is copied.");
      if (navigator.clipboard) navigator.clipboard.writeText(find("share").value).then(done, () => {});
      else if (document.execCommand("copy")) done();
    });

    // -------------------------------------------------------------- the handle: mouse, finger, keyboard
    const handle = find("handle");
    const svg = find("plot");
    const moveTo = (event) => {
      const box = svg.getBoundingClientRect();
      const x = view.back(((event.clientX - box.left) / box.width) * WIDTH);
      state.r = power(Math.min(Math.max(x, 0), view.right));
      show(false);
    };
    let held = false;
    handle.addEventListener("pointerdown", (event) => {
      held = true;
      handle.setPointerCapture(event.pointerId);
      event.preventDefault();
      handle.focus({ preventScroll: true });
    });
    handle.addEventListener("pointermove", (event) => held && moveTo(event));
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => (held = false));
    svg.addEventListener("click", (event) => moveTo(event));
    handle.addEventListener("keydown", (event) => {
      const here = rf.log10(state.r);
      const corners = view.steps.blocks.map((one) => one.before + one.count);
      const grow = (x) => {
        const r = power(Math.max(0, Math.min(view.right, here + x)));
        return r === state.r ? state.r + (x > 0 ? 1n : -1n) : r;
      };
      const moves = {
        ArrowRight: () => grow(0.05),
        ArrowLeft: () => grow(-0.05),
        PageUp: () => grow(1),
        PageDown: () => grow(-1),
        ArrowUp: () => [...corners].reverse().find((r) => r < state.r) || 1n,
        ArrowDown: () => corners.find((r) => r > state.r) || state.r,
        Home: () => 1n,
        End: () => power(view.right),
      };
      if (!moves[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      state.r = moves[event.key]();
      show(false);
    });
    if (ownsAddress)
      window.addEventListener("hashchange", () => {
        if (!/[#&][dbrB]=/.test(location.hash)) return;
        state = rf.readState(location.hash);
        show();
      });
    window.addEventListener("resize", () => show());
    show();
    root.dataset.ready = "yes";
    return { get: () => state };
  };

  window.rfExplorer = rf;
})();
