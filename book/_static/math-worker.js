// Sets formulas beside the page, for math.js: TeX comes in; markup, and the style rules that it needs, go out.
// The first message says where MathJax is and how the page wants it: { startup, settings }.
"use strict";

let ready = null;
let known = ""; // MathJax puts new rules before those that it has made

const load = ({ startup, settings }) =>
  new Promise((go, fail) => {
    self.MathJax = {
      ...settings,
      loader: {
        load: ["adaptors/liteDOM", ...settings.loader.load],
        paths: { mathjax: new URL(".", startup).href.slice(0, -1) },
        require: (address) => importScripts(address),
        failed: fail, // MathJax would wait for the missing part for ever
      },
      startup: { typeset: false },
    };
    importScripts(startup);
    self.MathJax.startup.promise.then(go, fail);
  });

const set = async ({ id, formulas, width }) => {
  await ready;
  const { adaptor } = self.MathJax.startup;
  const room = { em: 16, ex: 8, containerWidth: width, lineWidth: 1e6, scale: 1 }; // as math.js has it in the page
  const markup = [];
  for (const { tex, display } of formulas)
    markup.push(adaptor.outerHTML(await self.MathJax.tex2chtmlPromise(tex, { display, ...room })));
  const rules = adaptor.textContent(self.MathJax.chtmlStylesheet());
  const fresh = rules.slice(0, rules.length - known.length);
  known = rules;
  self.postMessage({ id, markup, rules: fresh });
};

self.onmessage = ({ data }) => {
  if (data.startup) ready = load(data);
  else set(data).catch((problem) => self.postMessage({ id: data.id, problem: String(problem) }));
};
