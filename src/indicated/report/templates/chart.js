(function () {
  "use strict";
  function all(selector, root) {
    return Array.prototype.slice.call((root || document).querySelectorAll(selector));
  }
  var filter = document.getElementById("filter");
  var find = document.getElementById("find");
  var boxes = all("input[type=checkbox]", filter);
  var shown = document.getElementById("shown");
  var here = document.getElementById("here");
  var marks = all("main a.m");
  var groups = all("#list .concept");
  var facts = all("#list .fact");
  var byId = {};
  facts.forEach(function (fact) { byId[fact.id] = fact; });
  var at = {}; // fact -> the marks that belong to it
  marks.forEach(function (mark) {
    mark.setAttribute("data-tab", mark.tabIndex);
    mark.dataset.f.split(" ").forEach(function (id) { (at[id] = at[id] || []).push(mark); });
  });

  function apply() {
    var wanted = find.value.trim().toLowerCase();
    var said = {};
    boxes.forEach(function (box) { said[box.value] = box.checked; });
    var count = 0;
    groups.forEach(function (group) {
      var named = group.dataset.name.indexOf(wanted) >= 0;
      var any = false;
      all(".fact", group).forEach(function (fact) {
        fact.hidden = !(named && said[fact.dataset.as]);
        any = any || !fact.hidden;
        count += fact.hidden ? 0 : 1;
      });
      group.hidden = !any;
    });
    marks.forEach(function (mark) {
      var off = mark.dataset.f.split(" ").every(function (id) { return byId[id].hidden; });
      mark.classList.toggle("off", off);
      mark.tabIndex = off ? -1 : Number(mark.dataset.tab);
    });
    var numbers = [count, facts.length];
    shown.textContent = shown.dataset.template.replace(/#/g, function () { return numbers.shift(); });
  }

  function light(ids, name) {
    all("main a." + name).forEach(function (mark) { mark.classList.remove(name); });
    ids.forEach(function (id) {
      (at[id] || []).forEach(function (mark) { mark.classList.add(name); });
    });
  }

  var from = null; // the mark whose facts are told

  function tell(ids) {
    var list = here.querySelector("ul");
    list.textContent = "";
    ids.forEach(function (id) {
      var copy = byId[id].cloneNode(true);
      copy.removeAttribute("id");
      copy.hidden = false;
      var label = document.createElement("b");
      label.textContent = byId[id].dataset.label + " ";
      copy.insertBefore(label, copy.firstChild);
      list.appendChild(copy);
    });
    here.hidden = false;
    light(ids, "lit");
  }

  marks.forEach(function (mark) {
    var ids = mark.dataset.f.split(" ");
    mark.addEventListener("click", function (event) {
      event.preventDefault();
      from = mark;
      tell(ids);
    });
    mark.addEventListener("focus", function () { light(ids, "near"); });
    mark.addEventListener("blur", function () { light([], "near"); });
    mark.addEventListener("mouseenter", function () { light(ids, "near"); });
    mark.addEventListener("mouseleave", function () { light([], "near"); });
  });
  facts.forEach(function (fact) {
    fact.addEventListener("mouseenter", function () { light([fact.id], "near"); });
    fact.addEventListener("mouseleave", function () { light([], "near"); });
  });
  function close() {
    if (from && here.contains(document.activeElement)) { from.focus(); } // where the reader was
    here.hidden = true;
    light([], "lit");
  }
  here.querySelector("button").addEventListener("click", close);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { close(); } });
  find.addEventListener("input", apply);
  boxes.forEach(function (box) { box.addEventListener("change", apply); });
  filter.hidden = false;
  apply();
})();
