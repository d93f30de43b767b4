// The spectrum of a neuron with a bias in float64, by quadrature, as in rfcompanion/concentration.py.
((rf) => {
  "use strict";

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

  rf.biasedStaircase = (dim, bias, smallest) => {
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
      if (rest < smallest || top >= 512) return rf.assemble(bits, kept);
    }
  };
  const log2 = (one) => Math.log2(Math.max(one.mass, 1e-300)) - rf.log10(one.count) * Math.log2(10);
})((window.rfExplorer ??= {}));
