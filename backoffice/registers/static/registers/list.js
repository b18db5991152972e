/** The list of a register: searching without the query in an address, rows, dialogs and keys. */
import { post } from "./post.js";

const WAIT = 300;
const box = document.querySelector("[data-search-url]");
const token = document.querySelector("[data-search-token]");
let timer;
let latest = 0;

async function search() {
  const turn = ++latest;
  const query = box.value.trim();
  const answer = query ? await post(box.dataset.searchUrl, { q: query }) : { token: "" };
  if (turn !== latest || token.value === answer.token) return;
  token.value = answer.token;
  token.dispatchEvent(new Event("change", { bubbles: true }));
}

if (box) {
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT);
  });
  // The form listens for changes of its named inputs; the box has no name.
  box.addEventListener("change", (event) => event.stopPropagation());
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(timer);
    search();
  });
}

// A click on a row opens it, unless it was meant for something in the row.
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-rows] tbody tr");
  const busy = event.target.closest("a, button, input, label, select, textarea, form");
  if (row && !busy && String(window.getSelection()) === "") row.querySelector("a").click();
});

// Dialogs: a button names the one it opens; those that fill themselves listen on their own.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog && !("builder" in dialog.dataset)) dialog.showModal();
  event.target.closest("[data-closes]")?.closest("dialog").close();
});

// Columns move up and down; their order in the form is their order in the list.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const item = button.closest("li");
  if (button.dataset.move === "1") item.nextElementSibling?.after(item);
  else item.previousElementSibling?.before(item);
  button.focus();
});

const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")];
const marked = () => document.querySelector("[data-rows] tbody tr.is-marked");

function mark(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(marked());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  marked()?.classList.remove("is-marked");
  next.classList.add("is-marked");
  next.querySelector("a").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => mark(1),
  k: () => mark(-1),
  "/": () => box?.focus(),
  n: () => document.querySelector(".register-pages a[rel=next]")?.click(),
  p: () => document.querySelector(".register-pages a[rel=prev]")?.click(),
  x: () => marked()?.querySelector("[data-tick]")?.click(),
  e: () => marked()?.querySelector("[data-cell]")?.dispatchEvent(new Event("edit", { bubbles: true })),
  "?": () => document.getElementById("list-keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, dialog, [contenteditable=true]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
