<div class="rf-explorer" role="group" aria-label="Explorer of the error floor">
<style>
.rf-explorer { --e-line: var(--rf-blue, #2271b2); --e-mark: var(--rf-orange, #c75b00); font-size: 1rem; line-height: 1.45; }
.rf-explorer .rf-controls, .rf-explorer .rf-read { display: grid; gap: 0.6rem 1.2rem; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); margin: 0.5rem 0; }
.rf-explorer label { display: block; font-weight: 600; }
.rf-explorer input { font: inherit; color: inherit; background: transparent; border: 1px solid #808080; border-radius: 0.25rem; padding: 0.2rem 0.4rem; width: 100%; box-sizing: border-box; }
.rf-explorer input[type="range"] { padding: 0; margin: 0.3rem 0 0; border: 0; accent-color: var(--e-line); min-height: 1.6rem; }
.rf-explorer input[aria-invalid="true"] { border-color: var(--rf-red, #c1272d); border-width: 2px; }
.rf-explorer .rf-plot { position: relative; max-width: 46rem; margin: 0.5rem auto; }
.rf-explorer svg { display: block; width: 100%; height: auto; cursor: crosshair; }
.rf-explorer svg text { font-size: 13px; fill: currentColor; font-family: inherit; }
.rf-explorer script, .rf-explorer style { display: none; }
.rf-explorer .rf-grid { stroke: currentColor; stroke-opacity: 0.16; }
.rf-explorer .rf-stairs { fill: none; stroke: var(--e-line); stroke-width: 2.4; stroke-linejoin: round; }
.rf-explorer .rf-cross { fill: none; stroke: var(--e-mark); stroke-width: 1.4; stroke-dasharray: 5 4; }
.rf-explorer .rf-handle { position: absolute; width: 2.75rem; height: 2.75rem; margin: -1.375rem 0 0 -1.375rem; border-radius: 50%; touch-action: none; cursor: grab; display: grid; place-items: center; }
.rf-explorer .rf-handle::after { content: ""; width: 1rem; height: 1rem; border-radius: 50%; background: var(--e-mark); border: 2px solid var(--pst-color-background, #fff); box-sizing: border-box; }
.rf-explorer .rf-handle:focus-visible { outline: 3px solid var(--e-line); outline-offset: -6px; }
.rf-explorer .rf-read > div { border-left: 3px solid var(--e-line); padding: 0 0 0 0.7rem; }
.rf-explorer .rf-read strong { display: block; font-size: 1.15em; overflow-wrap: anywhere; }
.rf-explorer .rf-read p, .rf-explorer .rf-read h4 { margin: 0; font-size: 0.92em; }
.rf-explorer .rf-share { display: flex; gap: 0.5rem; align-items: end; margin-top: 0.8rem; }
.rf-explorer .rf-share label { flex: 1; min-width: 0; }
.rf-explorer button { font: inherit; color: inherit; background: transparent; border: 1px solid #808080; border-radius: 0.25rem; padding: 0.2rem 0.8rem; }
.rf-explorer .rf-problem { min-height: 1.5em; margin: 0.2rem 0 0; }
html[data-theme="dark"] .bd-content div.cell_output .text_html:has(.rf-explorer) { padding: 0; color: inherit; background: none; }
@media print { .rf-explorer .rf-share, .rf-explorer input[type="range"], .rf-explorer .rf-problem { display: none; } .rf-explorer .rf-plot, .rf-explorer .rf-read > div { break-inside: avoid; } }
</style>
<div class="rf-controls">
  <div><label>dimension d <input type="number" name="d" min="3" max="200" step="1" value="50" inputmode="numeric"></label><input type="range" name="d" min="3" max="200" step="1" value="50" aria-label="dimension d, slider"></div>
  <div><label>bias b <input type="number" name="b" min="-4" max="2" step="0.1" value="0"></label><input type="range" name="b" min="-4" max="2" step="0.1" value="0" aria-label="bias b, slider"></div>
  <div><label>number of features r <input type="text" data-rf="r" value="1000000" autocomplete="off" spellcheck="false"></label></div>
  <div><label>relative error <input type="text" data-rf="error" value="0.00809" inputmode="decimal" autocomplete="off"></label></div>
  <div><label>weight budget B <input type="text" data-rf="B" value="1000" inputmode="decimal" autocomplete="off"></label></div>
</div>
<p class="rf-problem" data-rf="problem" role="status"></p>
<div class="rf-plot">
  <svg data-rf="plot" viewBox="0 0 640 360" role="img" aria-label="Staircase of the smallest relative error against the number of features, both on logarithmic axes, with the chosen point marked. The numbers stand below.">
    <g data-rf="axes"></g><path class="rf-cross" data-rf="cross"/>
  </svg>
  <div class="rf-handle" data-rf="handle" role="slider" tabindex="0" aria-label="number of features, along the staircase" aria-valuemin="0" aria-valuemax="12" aria-valuenow="6"></div>
</div>
<div class="rf-read" aria-live="polite">
  <div><p>Smallest relative error</p><strong data-rf="out-error"></strong><p data-rf="out-error-note"></p></div>
  <div><p>Fewest features for this error</p><strong data-rf="out-min"></strong><p data-rf="out-min-note"></p></div>
  <div><p>With weights r·max|u| ≤ B</p><strong data-rf="out-budget"></strong><p data-rf="out-budget-note"></p></div>
  <div><p>What the paper’s route proves at this error</p><strong data-rf="out-route"></strong><p data-rf="out-route-note"></p></div>
</div>
<div class="rf-share"><label>address of this state <input type="text" data-rf="share" readonly></label><button type="button" data-rf="copy">Copy</button></div>
<script type="application/json" class="rf-numbers">TABLE</script>
<script>
SCRIPT
document.querySelectorAll(".rf-explorer:not([data-ready])").forEach((root) =>
  window.rfExplorer.mount(root, JSON.parse(root.querySelector(".rf-numbers").textContent)));
</script>
</div>
