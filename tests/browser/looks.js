// What a test measures in a page. Each function gives a list of what is wrong; an empty one is good.
window.looks = (() => {
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const named = (e) =>
    `${e.tagName.toLowerCase()}.${e.getAttribute("class") || ""}: ${(e.textContent || "").trim().slice(0, 40)}`;
  const rgba = (colour) => {
    const n = (colour.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
    return n.length < 4 ? [...n, 1] : n;
  };
  const over = (top, below) =>
    [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => {
      const x = v / 255;
      return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (e) => {
    const all = [];
    for (let at = e; at; at = at.parentElement) all.push(rgba(getComputedStyle(at).backgroundColor));
    return all.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const told = (e, colour, ground, size, weight) => {
    const large = size >= 24 || (size >= 18.66 && weight >= 700);
    const found = ratio(over(rgba(colour), ground), ground);
    return found < (large ? 3 : 4.5) ? [`${found.toFixed(2)} ${named(e)}`] : [];
  };

  // Every text that is seen: 4.5 to 1, or 3 to 1 where it is large. On paper the ground is white.
  const contrast = (paper = false) => {
    const wrong = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let count = 0;
    while (walk.nextNode()) {
      const e = walk.currentNode.parentElement;
      if (!walk.currentNode.data.trim() || !shown(e) || e.closest("script, style, title, desc")) continue;
      const style = getComputedStyle(e);
      const drawn = e.closest("svg");
      if (drawn && "✓✗?".includes(walk.currentNode.data.trim())) continue; // stands on its own shape
      count += 1;
      const ground = paper ? [255, 255, 255, 1] : behind(drawn ? drawn.parentElement : e);
      const weight = Number(style.fontWeight);
      wrong.push(...told(e, drawn ? style.fill : style.color, ground, parseFloat(style.fontSize), weight));
    }
    for (const e of document.querySelectorAll("input[placeholder]")) {
      const style = getComputedStyle(e, "::placeholder");
      wrong.push(...told(e, style.color, behind(e), parseFloat(style.fontSize), 400));
    }
    return count > 5 ? wrong : ["nothing was seen"];
  };

  // No scrolling sideways, of the page or of a table in it, and no words cut off.
  const fits = () => {
    const wrong = [];
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 1) wrong.push(`the page is ${wide} px too wide`);
    for (const e of document.querySelectorAll("body *")) {
      if (e.closest("svg") || !shown(e)) continue;
      const style = getComputedStyle(e);
      if (style.overflowX === "visible" || style.clipPath !== "none" || style.display === "inline") continue;
      if (e.matches("input")) continue; // scrolls as one types
      if (e.scrollWidth > e.clientWidth + 1) wrong.push(named(e));
    }
    return wrong;
  };

  const structure = () => {
    const wrong = [];
    const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((h) => Number(h.tagName[1]));
    if (levels[0] !== 1 || levels.filter((n) => n === 1).length !== 1) wrong.push("not one h1, first");
    levels.forEach((n, i) => { if (i && n > levels[i - 1] + 1) wrong.push(`h${levels[i - 1]} then h${n}`); });
    for (const table of document.querySelectorAll("table")) {
      if (!(table.caption && table.caption.textContent.trim())) wrong.push(`no caption: ${named(table)}`);
      if (!table.querySelector("th")) wrong.push(`no header: ${named(table)}`);
      for (const row of table.querySelectorAll("tbody tr"))
        if (!row.querySelector("th[scope]")) wrong.push(`no header of the row: ${named(row)}`);
    }
    for (const svg of document.querySelectorAll("svg")) {
      const words = (svg.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id));
      if (svg.getAttribute("role") !== "img" || !words.length || words.some((w) => !w || !w.textContent.trim()))
        wrong.push("a picture without words");
    }
    if (document.querySelector("img")) wrong.push("an image that is no drawing");
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => wrong.push(`twice: ${id}`));
    for (const a of document.querySelectorAll('a[href^="#"]'))
      if (!document.getElementById(decodeURIComponent(a.hash.slice(1)))) wrong.push(`nowhere: ${a.hash}`);
    return wrong;
  };

  // What the keyboard should reach, in the order of the page.
  const stops = () =>
    [...document.querySelectorAll("a[href], button, input, summary, select, textarea, [tabindex]")].filter(
      (e) => e.tabIndex >= 0 && !e.disabled && shown(e)
    );

  // Where the keyboard is now: its place among the stops, and whether a person sees it.
  const focus = () => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    return {
      place: stops().indexOf(e),
      ring: e.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      name: named(e),
    };
  };
  return { contrast, fits, structure, stops, focus, shown };
})();
