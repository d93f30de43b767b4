// Formulas are set when they come near: a chapter has a thousand, and a telephone would need seconds for all of them.
// Their room is kept until then (book.css), so that nothing jumps. Paper, and tools that ask, get all of them:
//   await window.rfFormulas.all()
// A script that adds some says where: window.rfFormulas.add(element).
// MathJax.startup.promise is fulfilled when those in sight are set.
//
// A worker sets them beside the page (math-worker.js), which stays free for the reader. A page that is opened from a
// folder may start no worker; there, or where the worker fails, MathJax works in the page.
(() => {
  "use strict";
  const root = document.documentElement;
  const showTeX = () => root.classList.remove("rf-math");
  const { startup, src } = { ...document.currentScript.dataset, src: document.currentScript.src };
  if (!window.MathJax || !startup || !("IntersectionObserver" in window)) return showTeX();

  const SLICE = 5; // milliseconds of work between two looks at what the reader does
  const NEAR = "60% 0%"; // of a screen, above and below
  const REST = 3000; // milliseconds until the worker goes on with what is far away
  const PATIENCE = 20000; // milliseconds for an answer of the worker
  const pause = () => new Promise((go) => setTimeout(go, 0));

  const waiting = new Set();
  const near = new Set(); // waiting formulas within NEAR
  let everything = false;
  let working = null;
  let shown = () => {};
  const inSight = new Promise((go) => (shown = go));

  const finish = (batch) => {
    batch.forEach((formula) => formula.classList.add("rf-set"));
    window.dispatchEvent(new CustomEvent("rf-formulas", { detail: batch }));
  };

  // ------------------------------------------------------------------------------------------------ TeX
  const DELIMITED = /^\s*\\([[(])([\s\S]*)\\[\])]\s*$/;
  const written = new WeakMap(); // the TeX of each formula that was taken
  const read = (formula) => {
    for (const node of formula.childNodes) {
      const found = node.nodeType === Node.TEXT_NODE && DELIMITED.exec(node.data);
      if (found) return { node, tex: found[2], display: found[1] === "[" };
    }
    return null;
  };

  // ---------------------------------------------------------------------------------------- in the page
  let loaded = null;
  // The style sheet gives formulas the height of the letters beside them: MathJax need not measure each.
  const measureNothing = () => {
    const { STATE } = window.MathJax._.core.MathItem;
    const width = room();
    window.MathJax.startup.output.getMetrics = function (page) {
      this.setDocument(page);
      for (const item of page.math) {
        if (item.state() >= STATE.METRICS) continue;
        item.setMetrics(16, 8, width, 1e6, 1);
        item.state(STATE.METRICS);
      }
    };
  };
  const room = () => (document.querySelector(".bd-article, article") || document.body).clientWidth;
  const loadInPage = () =>
    (loaded ||= new Promise((go, fail) => {
      const pageReady = () => {
        measureNothing();
        go();
        return inSight;
      };
      window.MathJax.startup = { pageReady };
      const script = document.createElement("script");
      script.src = startup;
      script.onerror = fail;
      document.head.append(script);
    }));
  let count = 1;
  const inPage = {
    most: () => count,
    async set(batch) {
      await loadInPage();
      const start = performance.now();
      await window.MathJax.typesetPromise(batch);
      const spent = Math.max(performance.now() - start, 0.2);
      count = Math.max(2, Math.min(2 * count, 60, Math.round((batch.length * SLICE) / spent)));
    },
    now(batch) {
      if (window.MathJax.typeset) window.MathJax.typeset(batch);
    },
  };

  // -------------------------------------------------------------------------------------- in the worker
  const made = new WeakMap(); // the markup of each formula that came back
  const asked = new Map(); // number of a question: what to do with the answer
  let rules = "";
  let worker = null;
  const hire = () => {
    worker = new Worker(new URL("math-worker.js", src));
    worker.onmessage = ({ data }) => {
      if (!asked.has(data.id)) return; // too late
      const { go, fail } = asked.get(data.id);
      asked.delete(data.id);
      data.problem ? fail(data.problem) : go(data);
    };
    worker.onerror = () => dismiss();
    const settings = JSON.parse(JSON.stringify({ ...window.MathJax, startup: undefined }));
    worker.postMessage({ startup: new URL(startup, document.baseURI).href, settings });
  };
  const dismiss = () => {
    engine = inPage;
    asked.forEach(({ fail }) => fail());
    asked.clear();
  };
  let number = 0;
  const ask = async (batch) => {
    const formulas = batch.map((formula) => read(formula) || { tex: "", display: false });
    const answer = await new Promise((go, fail) => {
      asked.set(++number, { go, fail });
      setTimeout(fail, PATIENCE);
      const lines = formulas.map(({ tex, display }) => ({ tex, display }));
      worker.postMessage({ id: number, formulas: lines, width: room() });
    });
    batch.forEach((formula, k) => made.set(formula, answer.markup[k]));
    rules = answer.rules + rules;
  };
  const style = () => {
    if (!rules) return;
    const sheet = document.createElement("style");
    sheet.className = "rf-formula-rules";
    sheet.textContent = rules;
    rules = "";
    document.head.insertBefore(sheet, document.head.querySelector(".rf-formula-rules"));
  };
  const place = (formula) => {
    const piece = read(formula);
    if (!piece || !made.has(formula)) return;
    const box = document.createElement("template");
    box.innerHTML = made.get(formula);
    piece.node.replaceWith(box.content);
    formula.classList.add("rf-set"); // its room is as wide as TeX was guessed to be
    made.delete(formula);
  };
  const inWorker = {
    most: () => 12,
    async set(batch) {
      const lacking = batch.filter((formula) => !made.has(formula));
      try {
        if (lacking.length) await ask(lacking);
      } catch {
        dismiss();
        return inPage.set(batch);
      }
      style();
      let start = performance.now();
      for (const formula of batch) {
        if (performance.now() - start > SLICE) {
          await pause();
          start = performance.now();
        }
        place(formula);
      }
    },
    now(batch) {
      style();
      batch.forEach(place);
    },
  };
  // Paper does not wait for a worker: it goes on with formulas that are far away, and keeps them.
  const makeRest = async () => {
    const rest = Array.from(waiting);
    for (let first = 0; first < rest.length && engine === inWorker; first += 12) {
      while (working) await working;
      const batch = rest.slice(first, first + 12).filter((formula) => waiting.has(formula) && !made.has(formula));
      if (batch.length) await ask(batch).catch(dismiss);
    }
  };

  let engine = /^https?:$/.test(location.protocol) && "Worker" in window ? inWorker : inPage;

  // ------------------------------------------------------------------------------------- what comes near
  const take = (most) => {
    const batch = [];
    for (const source of everything ? [near, waiting] : [near])
      for (const formula of source) {
        if (batch.length === most) return batch;
        near.delete(formula);
        if (waiting.delete(formula)) batch.push(formula);
        watch.unobserve(formula);
        const text = read(formula);
        if (text) written.set(formula, text.display ? `\n$$${text.tex}$$\n` : `$${text.tex}$`);
      }
    return batch;
  };
  const work = async () => {
    for (let batch = take(engine.most()); batch.length; batch = take(engine.most())) {
      await engine.set(batch);
      finish(batch);
      await pause();
    }
  };
  // One worker at a time: what comes near meanwhile is taken by the one that works.
  const start = () =>
    (working ||= work()
      .catch(showTeX)
      .finally(() => (working = null)));

  let ready = false;
  let looked = () => {};
  const nextLook = () => new Promise((go) => (looked = go));
  const watch = new IntersectionObserver(
    (entries) => {
      entries.forEach(({ target, isIntersecting }) => near[isIntersecting ? "add" : "delete"](target));
      looked();
      if (near.size && ready) start();
    },
    { rootMargin: NEAR },
  );
  // The formulas of a section that is far away need not be watched one by one: the section is.
  const watchAll = (formulas) => formulas.forEach((formula) => waiting.has(formula) && watch.observe(formula));
  const sections = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        sections.unobserve(target);
        watchAll(target.querySelectorAll(".math"));
      }
      looked();
    },
    { rootMargin: NEAR },
  );

  const look = async () => {
    const formulas = Array.from(document.querySelectorAll(".math"));
    formulas.forEach((formula) => waiting.add(formula));
    if (!waiting.size) return;
    const parts = document.querySelectorAll(".rf-rest");
    if (parts.length) {
      parts.forEach((section) => sections.observe(section));
      await nextLook();
    }
    const first = nextLook();
    watchAll(formulas.filter((formula) => !formula.closest(".rf-rest")));
    // A look follows wherever something is watched; a page whose formulas are all far away has nothing to wait for.
    await Promise.race([first, new Promise((go) => setTimeout(go, 300))]);
    ready = true;
    await start();
  };

  // The two fonts of nearly every formula come first: with letters of another font lines would break anew, twice.
  const fetchFonts = () => {
    const names = { MJXTEX: "Main-Regular", "MJXTEX-I": "Math-Italic" };
    const faces = Object.entries(names).map(([family, name]) => {
      const address = new URL(`output/chtml/fonts/woff-v2/MathJax_${name}.woff`, new URL(startup, document.baseURI));
      return new FontFace(family, `url("${address}")`).load().then((face) => document.fonts.add(face));
    });
    return Promise.race([Promise.all(faces).catch(() => {}), new Promise((go) => setTimeout(go, 1000))]);
  };

  // MathJax itself is fetched when the page has been shown.
  let begun = false;
  const begin = async () => {
    if (begun) return;
    begun = true;
    const fonts = fetchFonts();
    try {
      if (engine === inWorker) hire();
      else await loadInPage();
      await fonts;
      await look();
    } catch {
      showTeX();
    }
    shown();
    if (engine === inWorker) setTimeout(makeRest, REST);
  };
  if (engine === inWorker) window.MathJax.startup = { promise: inSight };
  requestAnimationFrame(() => setTimeout(begin, 0));
  setTimeout(begin, 2000); // a page in the background is not shown

  const all = async () => {
    while (!(window.MathJax.startup && window.MathJax.startup.promise)) await pause();
    await window.MathJax.startup.promise;
    everything = true;
    while (waiting.size) await start();
  };
  // Formulas that a script has put into the page, as copies of others, are set at once; those that are set already stay.
  const add = (element) => {
    for (const formula of waiting) if (!formula.isConnected) [waiting, near].forEach((set) => set.delete(formula));
    element.querySelectorAll(".math:not(.rf-set)").forEach((formula) => [waiting, near].forEach((set) => set.add(formula)));
    if (near.size && ready) start();
    const copied = Array.from(element.querySelectorAll(".math.rf-set")); // they have another width now
    window.dispatchEvent(new CustomEvent("rf-formulas", { detail: copied }));
  };
  const kept = () => Array.from(waiting).filter((formula) => made.has(formula)).length; // for paper
  window.rfFormulas = { all, add, kept };

  // Paper does not wait.
  window.addEventListener("beforeprint", () => {
    everything = true;
    const rest = take(Infinity);
    if (!rest.length) return;
    engine.now(rest);
    finish(rest);
  });

  // Text that is copied holds the TeX of its formulas.
  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const within = Array.from(document.querySelectorAll(".math.rf-set")).filter((formula) => {
      const container = written.has(formula) && formula.querySelector("mjx-container");
      return container && selection.containsNode(container, true);
    });
    if (!within.length) return;
    const piece = selection.getRangeAt(0).cloneContents();
    const copies = piece.querySelectorAll("mjx-container");
    if (copies.length !== within.length) return;
    copies.forEach((copy, k) => copy.replaceWith(written.get(within[k])));
    const box = document.createElement("div");
    box.append(piece);
    event.clipboardData.setData("text/plain", box.innerText || box.textContent);
    event.preventDefault();
  });
})();
