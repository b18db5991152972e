/** Selected rows, and cells that are edited in place. The list is swapped on every search, so nothing is bound to it. */
const config = JSON.parse(document.getElementById("wagtail-config").textContent);
const form = document.querySelector("[data-selection]");
const ticks = () => [...document.querySelectorAll("[data-tick]")];
const list = () => document.querySelector(".register-list");

function draw() {
  const chosen = ticks().filter((tick) => tick.checked).length;
  const every = chosen > 0 && chosen === ticks().length;
  const all = form.querySelector("[data-all]");
  const count = Number(list()?.dataset.count ?? 0);
  const cap = Number(list()?.dataset.cap || Infinity);
  if (!every) all.disabled = true;
  form.hidden = chosen === 0;
  form.querySelector("[data-selected]").textContent = all.disabled ? chosen : count > cap ? `${cap}+` : count;
  const more = form.querySelector("[data-select-all]");
  more.hidden = !(every && all.disabled && count > chosen);
  form.querySelector("[data-matching]").textContent = count > cap ? `${cap}+` : count;
  ticks().forEach((tick) => tick.closest("tr").classList.toggle("is-selected", tick.checked));
  const master = document.querySelector("[data-tick-all]");
  if (master) Object.assign(master, { checked: every, indeterminate: chosen > 0 && !every });
}

if (form) {
  const base = form.getAttribute("action").split("?")[0];
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) ticks().forEach((tick) => (tick.checked = event.target.checked));
    if (event.target.matches("[data-tick], [data-tick-all]")) draw();
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-select-all]")) form.querySelector("[data-all]").disabled = false;
    if (event.target.closest("[data-select-none]")) ticks().forEach((tick) => (tick.checked = false));
    if (event.target.closest("[data-select-all], [data-select-none]")) draw();
  });
  form.addEventListener("submit", () => {
    const given = new URLSearchParams(window.location.search);
    const view = new URLSearchParams(form.getAttribute("action").split("?")[1]).get("view");
    if (view && !given.has("view")) given.set("view", view);
    form.action = `${base}?${given}`;
  });
  document.addEventListener("w-swap:success", draw);
  draw();
}

// Cells: a pencil in the cell under the pointer; Escape gives up, Enter saves.
const pencil = document.createElement("button");
pencil.type = "button";
pencil.className = "cell-pencil";
pencil.innerHTML = '<svg class="icon icon-edit" aria-hidden="true"><use href="#icon-edit"></use></svg>';
const words = document.querySelector("[data-cell-words]");
if (words) pencil.setAttribute("aria-label", words.dataset.cellWords);

function address(cell, link = cell.closest("tr").querySelector("a")) {
  return new URL(`cell/${cell.dataset.cell}/`, link.href);
}

async function edit(cell) {
  if (cell.querySelector("form")) return;
  const answer = await fetch(address(cell), { headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) return;
  const before = [...cell.childNodes].filter((node) => node !== pencil);
  pencil.remove();
  cell.innerHTML = await answer.text();
  const opened = cell.querySelector("form");
  const back = () => cell.replaceChildren(...before);
  opened.querySelector("[data-cancel]").addEventListener("click", back);
  opened.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") back();
  });
  opened.addEventListener("submit", (event) => {
    event.preventDefault();
    save(cell, opened, before);
  });
  opened.querySelector(".cell-form__value :is(input, select, textarea)")?.focus();
}

async function save(cell, opened, before) {
  // The first cell holds the link to its record, which the form has replaced.
  const link = cell.closest("tr").querySelector("a") ?? before.find((node) => node.nodeName === "A");
  const answer = await fetch(address(cell, link), {
    method: "POST",
    headers: { [config.CSRF_HEADER_NAME]: config.CSRF_TOKEN, "X-Requested-With": "XMLHttpRequest" },
    body: new FormData(opened),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    opened.querySelector("[data-error]").textContent = told.error || answer.statusText;
    return;
  }
  if (told.gone) {
    cell.closest("tr").remove();
    return;
  }
  cell.replaceChildren(...before);
  const place = cell.querySelector("a, .register-tag");
  if (place && told.text) place.textContent = told.text;
  else if (!place) cell.textContent = told.text;
  else place.remove();
}

document.addEventListener("mouseover", (event) => {
  const cell = event.target.closest?.("[data-cell]");
  if (cell && !cell.querySelector("form") && pencil.parentNode !== cell) cell.append(pencil);
});
pencil.addEventListener("click", (event) => {
  event.stopPropagation();
  edit(pencil.closest("[data-cell]"));
});
document.addEventListener("edit", (event) => edit(event.target));
