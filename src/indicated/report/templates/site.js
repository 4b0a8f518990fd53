// Finds the pages of a site by any words of their title, or else of what they are about. Offline.
// PAGES, each with its path, its title and its words, stands in search-data.js.
(() => {
  const box = document.querySelector(".site-search");
  const input = document.getElementById("find");
  const found = document.getElementById("found");
  const MOST = 12;
  box.hidden = false; // without script there is no box that does nothing

  const score = (page, words) => {
    const title = ` ${page.title.toLowerCase()}`;
    let sum = 0;
    for (const word of words) {
      if (title.includes(` ${word}`)) sum += 4;
      else if (title.includes(word)) sum += 3;
      else if (` ${page.words}`.includes(` ${word}`)) sum += 2;
      else if (page.words.includes(word)) sum += 1;
      else return 0;
    }
    return sum;
  };

  const line = (...inside) => {
    const item = document.createElement("li");
    item.append(...inside);
    found.append(item);
  };

  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found.replaceChildren();
    if (!words.length) return;
    const hits = PAGES.map((a) => [score(a, words), a]).filter(([n]) => n > 0);
    hits.sort((a, b) => b[0] - a[0] || a[1].title.localeCompare(b[1].title));
    for (const [, page] of hits.slice(0, MOST)) {
      const link = document.createElement("a");
      link.href = page.path;
      link.textContent = page.title;
      line(link);
    }
    if (!hits.length) line(box.dataset.none);
    if (hits.length > MOST) line(`+ ${hits.length - MOST}`);
  };

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const first = found.querySelector("a");
    if (event.key === "Enter" && first) first.click();
    if (event.key === "Escape") { input.value = ""; show(); }
  });
  show();
})();
