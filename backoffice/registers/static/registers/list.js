/** The list of a register: searching without the query in an address, and rows that open with a click. */
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

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-rows] tbody tr");
  const busy = event.target.closest("a, button, input, label") || String(window.getSelection()) !== "";
  if (row && !busy) row.querySelector("a").click();
});

// Dialogs: a button names the one it opens; those that fill themselves listen on their own.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog && !("builder" in dialog.dataset)) dialog.showModal();
  event.target.closest("[data-closes]")?.closest("dialog").close();
});
