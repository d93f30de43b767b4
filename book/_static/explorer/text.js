// Numbers as readers type and read them, and the state of the page as the end of its address.
((rf) => {
  "use strict";

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

  rf.superscript = (n) => [...String(n)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] || "⁻").join("");
  rf.writeInteger = (n) => {
    const text = n.toString();
    if (text.length <= 15) return text.replace(/\B(?=(\d{3})+$)/g, ",");
    const e = Math.floor(rf.log10(n));
    return `${(10 ** (rf.log10(n) - e)).toFixed(3)}·10${rf.superscript(e)}`;
  };
  // n digits, rounded down (or up): a bound stays one
  rf.bound = (x, n, round = Math.floor) => {
    const unit = 10 ** (n - 1 - Math.floor(Math.log10(x)));
    return String(Number((round(x * unit) / unit).toPrecision(n)));
  };
  rf.writePower = (log) => {
    if (log < 6) return Math.floor(10 ** log).toLocaleString("en-GB");
    return `${(Math.floor(10 ** (log % 1) * 100) / 100).toFixed(2)}·10${rf.superscript(Math.floor(log))}`;
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

  rf.powerOfTen = (x) => {
    // 10^x as an integer, for real x
    const whole = Math.floor(x);
    const digits = BigInt(Math.round(10 ** (x - whole) * 1e15));
    return whole >= 15 ? digits * 10n ** BigInt(whole - 15) : (digits + 10n ** BigInt(14 - whole) * 5n) / 10n ** BigInt(15 - whole);
  };

  rf.shortInteger = (r) => {
    const e = Math.floor(rf.log10(r)) - 3;
    return `${r / 10n ** BigInt(e)}e${e}`;
  };
})((window.rfExplorer ??= {}));
