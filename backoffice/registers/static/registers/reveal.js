/** Shows one masked value in full after a reason was given, on this page only. */
import { post } from "./post.js";

const home = document.querySelector("[data-reveal-url]");
const dialog = document.getElementById("reveal");
const reason = document.getElementById("reveal-reason");
const error = dialog.querySelector("[data-reveal-error]");
let button;

home.addEventListener("click", (event) => {
  button = event.target.closest("[data-reveal]");
  if (!button) return;
  dialog.querySelector("[data-reveal-label]").textContent = button.dataset.label;
  error.hidden = true;
  dialog.showModal();
  reason.focus();
});

dialog.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.submitter?.value === "leave") return dialog.close();
  try {
    const fields = { field: button.dataset.reveal, reason: reason.value.trim() };
    const { text } = await post(home.dataset.revealUrl, fields);
    home.querySelector(`[data-value="${button.dataset.reveal}"]`).textContent = text;
    button.remove();
    dialog.close();
  } catch (problem) {
    error.textContent = problem.message;
    error.hidden = false;
  }
});
