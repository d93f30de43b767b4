// The exact numbers of an unbiased neuron: fixed-point integers of hundreds of digits, as in rfcompanion/lower_bound.py.
((rf) => {
  "use strict";

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

  rf.toNumber = (above, below) => {
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
  rf.assemble = (bits, degrees) => {
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
        cache.set(key, rf.assemble(bits, unbiasedDegrees(dim, smallest, bits)));
      } else cache.set(key, rf.biasedStaircase(dim, bias, smallest));
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
    return error && rf.toNumber(error[0], error[1] << BigInt(steps.bits));
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
})((window.rfExplorer ??= {}));
