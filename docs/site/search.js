// Finds policies by any words of their title, treatments, brands, diagnoses and codes. Offline.
(() => {
  const box = document.querySelector(".site-search");
  const input = document.getElementById("find");
  const found = document.getElementById("found");
  const MOST = 12;
  box.hidden = false; // without script there is no box that does nothing

  // Words at the beginning of a word of the title count most, then anywhere, then in names and codes.
  const score = (policy, words) => {
    const title = policy.title.toLowerCase();
    let sum = 0;
    for (const word of words) {
      if (` ${title}`.includes(` ${word}`)) sum += 4;
      else if (title.includes(word)) sum += 3;
      else if (` ${policy.words}`.includes(` ${word}`)) sum += 2;
      else if (policy.words.includes(word)) sum += 1;
      else return 0;
    }
    return sum;
  };

  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found.replaceChildren();
    if (!words.length) return;
    const hits = POLICIES.map((p) => [score(p, words), p]).filter(([n]) => n > 0);
    hits.sort((a, b) => b[0] - a[0] || a[1].title.localeCompare(b[1].title));
    for (const [, policy] of hits.slice(0, MOST)) {
      const link = document.createElement("a");
      link.href = `policy-${policy.id}.html`;
      link.textContent = policy.title;
      const item = document.createElement("li");
      item.append(link);
      found.append(item);
    }
    if (!hits.length || hits.length > MOST) {
      const item = document.createElement("li");
      item.textContent = hits.length ? `and ${hits.length - MOST} more` : "No policy speaks of this.";
      found.append(item);
    }
  };

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const first = found.querySelector("a");
    if (event.key === "Enter" && first) first.click();
    if (event.key === "Escape") { input.value = ""; show(); }
  });
  show();
})();
