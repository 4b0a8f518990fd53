// Finds articles by any words of their title, question, topics and outcomes. Offline.
(() => {
  const box = document.querySelector(".site-search");
  const input = document.getElementById("find");
  const found = document.getElementById("found");
  const MOST = 12;
  box.hidden = false; // without script there is no box that does nothing

  const score = (article, words) => {
    const title = ` ${article.title.toLowerCase()}`;
    let sum = 0;
    for (const word of words) {
      if (title.includes(` ${word}`)) sum += 4;
      else if (title.includes(word)) sum += 3;
      else if (` ${article.words}`.includes(` ${word}`)) sum += 2;
      else if (article.words.includes(word)) sum += 1;
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
    const hits = ARTICLES.map((a) => [score(a, words), a]).filter(([n]) => n > 0);
    hits.sort((a, b) => b[0] - a[0] || a[1].title.localeCompare(b[1].title));
    for (const [, article] of hits.slice(0, MOST)) {
      const link = document.createElement("a");
      link.href = article.path;
      link.textContent = article.title;
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
