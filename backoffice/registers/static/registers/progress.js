/** Follows work in the background until it ends, then loads the page again for what can be done next. */
const box = document.querySelector("[data-progress-url]");

async function look() {
  const progress = await (await fetch(box.dataset.progressUrl)).json();
  if (progress.finished) return window.location.reload();
  box.querySelector("[data-progress-label]").textContent = progress.label;
  box.querySelector("[data-progress-numbers]").textContent = progress.total ? `${progress.done} / ${progress.total}` : "";
  box.querySelector("[data-progress-bar]").value = progress.percent ?? 0;
  setTimeout(look, 1000);
}

setTimeout(look, 1000);
