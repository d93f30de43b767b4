// What the table book/data/explorer.json holds: the frontier of the weights, and the route of the paper.
((rf) => {
  "use strict";

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
})((window.rfExplorer ??= {}));
