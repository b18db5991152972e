/** Follows an import until there is more to show than a bar. A question that gets no answer is asked again. */
const box = document.querySelector("[data-progress-url]");
const bar = box.querySelector("[data-progress-bar]");
const number = new Intl.NumberFormat(document.documentElement.lang || undefined);
const WAIT = 700;

async function look() {
  try {
    const progress = await (await fetch(box.dataset.progressUrl)).json();
    if (progress.finished) return window.location.reload();
    box.querySelector("[data-progress-label]").textContent = progress.label;
    const numbers = progress.total ? [progress.done, progress.total] : progress.done ? [progress.done] : [];
    box.querySelector("[data-progress-numbers]").textContent = numbers.map((n) => number.format(n)).join(" / ");
    if (progress.percent === null) bar.removeAttribute("value");
    else bar.value = progress.percent;
  } catch (lost) {
    console.warn(lost);
  }
  setTimeout(look, WAIT);
}

setTimeout(look, WAIT);
