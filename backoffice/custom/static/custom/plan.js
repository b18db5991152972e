/** The form of a register: rows that come and go, states offered to the steps, the number as it will look. */
const form = document.querySelector("[data-plan]");
const value = (name) => form.elements[name]?.value ?? "";
const ticked = (name) => Boolean(form.elements[name]?.checked);
const CHOICES = ["choice", "choices"];
let rows = 1000;

function add(table) {
  const number = String((rows += 1));
  const piece = table.querySelector("template").content.cloneNode(true);
  for (const input of piece.querySelectorAll("input, select")) {
    if (input.value === "new") input.value = number;
    input.name = input.name.replace(/_new$/, `_${number}`);
  }
  table.querySelector("[data-rows]").append(piece);
  const row = table.querySelector("[data-rows]").lastElementChild;
  refresh();
  return row.querySelector("input:not([type=hidden]), select");
}

/** A state keeps its code for ever; a new one gets the next that is free. */
function states() {
  const found = [...form.querySelectorAll("[data-states] [data-rows] [data-row]")];
  const code = (row) => row.querySelector("[name=state_code]");
  const taken = new Set(found.map((row) => code(row).value));
  for (const row of found) {
    for (let n = 1; !code(row).value; n += 1) {
      if (!taken.has(`s${n}`)) {
        taken.add(`s${n}`);
        code(row).value = `s${n}`;
      }
    }
  }
  return found.map((row) => [code(row).value, row.querySelector("[name=state_zh]").value.trim()]).filter(([, name]) => name);
}

function offer() {
  const known = states();
  for (const select of form.querySelectorAll("[data-rows] [data-state]")) {
    const chosen = select.value;
    const options = known.map(([code, name]) => new Option(name, code, false, code === chosen));
    select.replaceChildren(select.options[0], ...options);
  }
}

function refresh() {
  offer();
  for (const row of form.querySelectorAll("[data-made-field]")) {
    row.querySelector("[data-options-input]").hidden = !CHOICES.includes(row.querySelector("select").value);
  }
  for (const name of ["owner", "day", "amount"]) {
    const input = form.elements[`name_${name}`];
    (input.closest("[data-contentpath], .w-field__wrapper") ?? input).hidden = !ticked(`use_${name}`);
  }
  const site = ticked("by_site") && ticked("at_site") ? "A" : "";
  const width = Math.min(8, Math.max(3, Number(value("width")) || 4));
  const parts = [value("prefix").trim(), site, ticked("by_year") ? form.dataset.year : "", "1".padStart(width, "0")];
  form.querySelector("[data-example]").textContent = parts.filter(Boolean).join("-");
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("add" in button.dataset) add(button.closest("[data-table]")).focus();
  else if ("remove" in button.dataset) {
    const next = button.closest("[data-table]").querySelector("[data-add]");
    button.closest("[data-row]").remove();
    refresh();
    next.focus();
  }
});

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-row] input[type=text]")) return;
  event.preventDefault();
  add(event.target.closest("[data-table]")).focus();
});

form.addEventListener("input", refresh);
form.addEventListener("change", refresh);
refresh();
