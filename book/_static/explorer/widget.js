// The widget: its fields, the point that is dragged along the staircase, and the address that holds its state.
((rf) => {
  "use strict";

  rf.mount = (root, table) => {
    const find = (name) => root.querySelector(`[data-rf="${name}"]`);
    // In JupyterLab the address belongs to the application.
    const ownsAddress = !root.closest(".jp-OutputArea, .jp-Notebook, .lm-Widget, colab-output-view");
    let state = rf.readState(ownsAddress ? location.hash : "");
    let view = null;

    const clampR = (r) => {
      const top = view.steps.total - 1n;
      return r < 1n ? 1n : r > top ? top : r;
    };

    const say = (name, text) => (find(name).textContent = text);
    const [first, last] = [table.dims[0], table.dims[table.dims.length - 1]];
    const gapless = table.dims.length > 1 && table.dims.length === last - first + 1;
    const dimensions = gapless ? `every d from ${first} to ${last}` : `d = ${table.dims.join(", ")}`;

    const show = (fresh = true) => {
      if (fresh) {
        view = rf.look(state, rf.size(root.clientWidth));
        find("plot").setAttribute("viewBox", `0 0 ${view.size[0]} ${view.size[1]}`);
        find("axes").innerHTML = rf.axes(view);
      }
      const [across, high, edge, , , foot] = view.size;
      state.r = clampR(state.r);
      const { d, b, r, B } = state;
      const error = rf.bestError(d, r, b, rf.LIMITS.smallest);
      const block = view.steps.blocks.find((one) => r <= one.before + one.count);
      for (const name of ["d", "b"])
        for (const control of root.querySelectorAll(`input[name="${name}"]`))
          if (control !== document.activeElement || control.type === "range") control.value = state[name];
      if (find("r") !== document.activeElement) find("r").value = r.toString().length > 15 ? rf.shortInteger(r) : r.toString();
      if (find("error") !== document.activeElement) find("error").value = rf.writeError(error).replace("−", "-");
      if (find("B") !== document.activeElement) find("B").value = String(B);
      const [px, py] = [view.x(Math.min(rf.log10(r), view.right)), view.y(Math.max(Math.log10(error), view.low))];
      const handle = find("handle");
      handle.style.left = `${((px / across) * 100).toFixed(3)}%`;
      handle.style.top = `${((py / high) * 100).toFixed(3)}%`;
      find("cross").setAttribute("d", `M${edge} ${py}H${px}V${high - foot}`);
      handle.setAttribute("aria-valuenow", rf.log10(r).toFixed(2));
      handle.setAttribute("aria-valuemax", String(view.right));
      handle.setAttribute("aria-valuetext", `${rf.writeInteger(r)} features, error ${rf.writeError(error)}`);
      const share = rf.toNumber((r - block.before) * 1000n, block.count) / 10;
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
        const floor = rf.bound(Math.max(low, error), 3);
        const decides = low > error ? "the weights decide" : high < error ? "the width decides" : "both weigh alike";
        const together = `Budget and width together: at least ${floor}; ${decides}.`;
        if (open) {
          say("out-budget", `E_B ≤ ${rf.bound(high, 2, Math.ceil)}`);
          const end = rf.bound(last, 3);
          say("out-budget-note", `The table of this dimension ends at B = ${end}; a larger budget is never worse. ${together}`);
        } else {
          const middle = Number(((low + high) / 2).toPrecision(2));
          say("out-budget", high < 1.03 * low ? `E_B ≈ ${middle}` : `${rf.bound(low, 2)} ≤ E_B ≤ ${rf.bound(high, 2, Math.ceil)}`);
          say("out-budget-note", together);
        }
      }
      const weights = b === 0 ? rf.paperRoute(table, d, error, "weights") : null;
      const width = b === 0 ? rf.paperRoute(table, d, error, "width") : null;
      if (b === 0 && table.route[String(d)]) {
        say("out-route", weights === null ? "nothing yet" : `r·max|u| ≥ ${rf.writePower(weights)}`);
        say("out-route-note", width === null ? "At this error the paper's route proves nothing: it starts at smaller errors." : `Of the unit neuron with the worst bias. The same route by dimension alone: r ≥ ${rf.writePower(width)}.`);
      } else {
        say("out-route", b === 0 ? "not tabulated" : "only for b = 0");
        say("out-route-note", b === 0 ? absent : biased);
      }
      const address = rf.writeState(state);
      find("share").value = ownsAddress ? location.href.replace(/#.*/, "") + address : address;
      if (ownsAddress && show.ready) history.replaceState(null, "", address);
      show.ready = true;
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
      const x = view.back(((event.clientX - box.left) / box.width) * view.size[0]);
      state.r = rf.powerOfTen(Math.min(Math.max(x, 0), view.right));
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
        const r = rf.powerOfTen(Math.max(0, Math.min(view.right, here + x)));
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
        End: () => rf.powerOfTen(view.right),
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
})((window.rfExplorer ??= {}));
