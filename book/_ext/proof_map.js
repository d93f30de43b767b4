// The proof map: focus or a click shows what a statement rests on, what rests on it, and its entry.
(function () {
  "use strict";
  var map = document.querySelector("svg.rf-map"), panel = document.getElementById("rf-panel");
  if (!map || !panel) return;
  var boxes = Array.prototype.slice.call(map.querySelectorAll("a.rf-node"));
  var lines = Array.prototype.slice.call(map.querySelectorAll("path[data-from]"));
  var byLabel = {};
  boxes.forEach(function (box) { byLabel[box.dataset.label] = box; });
  function reach(label, from, to) {
    var found = {}, todo = [label];
    while (todo.length) {
      var next = todo.pop();
      lines.forEach(function (line) {
        if (line.dataset[from] === next && !found[line.dataset[to]]) {
          found[line.dataset[to]] = true;
          todo.push(line.dataset[to]);
        }
      });
    }
    return found;
  }
  function show(box) {
    var label = box.dataset.label;
    var below = reach(label, "from", "to"), above = reach(label, "to", "from");
    map.classList.add("rf-chosen");
    boxes.forEach(function (other) {
      var name = other.dataset.label;
      other.classList.toggle("rf-self", name === label);
      other.classList.toggle("rf-below", !!below[name]);
      other.classList.toggle("rf-above", !!above[name]);
    });
    lines.forEach(function (line) {
      var from = line.dataset.from, to = line.dataset.to;
      line.classList.toggle("rf-below", (from === label || !!below[from]) && !!below[to]);
      line.classList.toggle("rf-above", (to === label || !!above[to]) && !!above[from]);
    });
    var entry = document.getElementById("map-" + label);
    if (entry) panel.innerHTML = "<p>" + entry.innerHTML + "</p>";
  }
  boxes.forEach(function (box, index) {
    if (index) box.setAttribute("tabindex", "-1"); // one stop for Tab; the arrow keys move inside
    box.addEventListener("focus", function () {
      boxes.forEach(function (other) { other.setAttribute("tabindex", other === box ? "0" : "-1"); });
      show(box);
    });
    box.addEventListener("mouseenter", function () { if (!map.contains(document.activeElement)) show(box); });
    box.addEventListener("click", function (event) { event.preventDefault(); box.focus(); show(box); });
    box.addEventListener("keydown", function (event) {
      var label = box.dataset.label, target = null;
      if (event.key === "ArrowRight") target = boxes[index + 1];
      else if (event.key === "ArrowLeft") target = boxes[index - 1];
      else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        var up = event.key === "ArrowUp"; // up: what it rests on; down: what uses it
        var line = lines.filter(function (one) { return one.dataset[up ? "from" : "to"] === label; })[0];
        target = line && byLabel[line.dataset[up ? "to" : "from"]];
      } else if (event.key === "Home") target = boxes[0];
      else if (event.key === "End") target = boxes[boxes.length - 1];
      else if (event.key === "Enter" || event.key === " ") {
        var first = panel.querySelector("a");
        if (first) first.focus();
        event.preventDefault();
        return;
      } else return;
      event.preventDefault();
      if (target) target.focus();
    });
  });
})();
