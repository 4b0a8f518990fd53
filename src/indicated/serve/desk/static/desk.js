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
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
})();
