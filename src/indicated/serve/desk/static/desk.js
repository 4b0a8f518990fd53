// What makes the desk pleasant; nothing here is needed to read or to decide.
(() => {
  "use strict";
  for (const select of document.querySelectorAll("select[data-auto]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  for (const box of document.querySelectorAll("[data-drop]")) {
    const input = box.querySelector("input[type=file]");
    const over = (on) => (event) => { event.preventDefault(); box.classList.toggle("over", on); };
    box.addEventListener("dragover", over(true));
    box.addEventListener("dragleave", over(false));
    box.addEventListener("drop", (event) => {
      over(false)(event);
      const all = new DataTransfer();
      for (const file of [...input.files, ...event.dataTransfer.files]) all.items.add(file);
      input.files = all.files;
    });
  }
  for (const box of document.querySelectorAll("[data-progress]")) {
    const says = box.querySelector("[data-says]"), bar = box.querySelector("progress");
    const look = async () => {
      const answer = await fetch(box.dataset.progress, { cache: "no-store" }).catch(() => null);
      const told = answer && answer.ok ? await answer.json() : null;
      if ((told && told.state !== "reading") || (answer && answer.status === 401)) {
        location.reload();
        return;
      }
      if (told) {
        if (says.textContent !== told.says) says.textContent = told.says;
        bar.max = Math.max(told.of, 1);
        bar.value = told.read;
      }
      setTimeout(look, 1000);
    };
    setTimeout(look, 500);
  }
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; } // one click is one act
      form.dataset.sent = "yes";
    });
  }
  for (const form of document.querySelectorAll("form[data-follow]")) { // answered in its place
    const talks = document.querySelector("[data-talks]"), field = form.elements.question;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const question = field.value.trim();
      const answer = await fetch(form.dataset.follow, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf.value },
        body: JSON.stringify({ question }),
      }).catch(() => null);
      if (!answer || !answer.ok) { form.submit(); return; } // the page itself tells what is wrong
      const { talk } = await answer.json();
      const article = document.createElement("article"), head = document.createElement("h3");
      const frame = document.createElement("iframe");
      article.className = "talk";
      article.id = `talk-${talk}`;
      head.textContent = question;
      head.tabIndex = -1;
      frame.title = `Answer to: ${question}`;
      frame.src = talks.dataset.talks + talk;
      article.append(head, frame);
      talks.prepend(article);
      head.focus();
      field.value = "";
      delete form.dataset.sent;
    });
  }
  const article = document.querySelector("iframe[name=article]");
  if (article) { // another reader or language shows the section that was being read
    const inside = () => article.contentDocument;
    const above = () => [...inside().querySelectorAll("section[id]")]
      .filter((s) => s.getBoundingClientRect().top < 20).map((s) => s.id).reverse();
    let kept = []; // the nearest goes first: not every reader has every section
    for (const form of document.querySelectorAll("form[target=article]")) {
      form.addEventListener("submit", () => { kept = above(); });
    }
    article.addEventListener("load", () => {
      inside().getElementById(kept.find((id) => inside().getElementById(id)))?.scrollIntoView();
      kept = [];
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
})();
