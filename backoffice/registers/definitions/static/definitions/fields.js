/** Added fields are put in order by dragging; the buttons beside them do the same for a keyboard. */
import { post } from "../registers/post.js";

const form = document.querySelector("[data-fields]");
const said = form.querySelector("[data-said]");
let dragged = null;

const lines = () => [...form.querySelectorAll("[data-line]")];

function sectionOf(line) {
  return line.closest("[data-section]").dataset.section;
}

async function save() {
  const fields = new URLSearchParams();
  for (const line of lines()) {
    const input = line.querySelector("[data-key]");
    input.value = `${input.dataset.key}|${sectionOf(line)}`;
    fields.append("order", input.value);
  }
  try {
    const answer = await post(form.action, fields);
    said.textContent = answer.said;
  } catch (problem) {
    said.textContent = problem.message;
  }
}

/** One place up or down; over the edge of its section a field joins the neighbouring one. */
function move(line, up) {
  const list = line.parentElement;
  const neighbour = up ? line.previousElementSibling : line.nextElementSibling;
  if (neighbour) {
    list.insertBefore(line, up ? neighbour : neighbour.nextElementSibling);
    return true;
  }
  const lists = [...form.querySelectorAll("[data-added]")];
  const other = lists[lists.indexOf(list) + (up ? -1 : 1)];
  if (!other) return false;
  if (up) other.append(line);
  else other.prepend(line);
  return true;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=move]");
  if (!button) return;
  event.preventDefault();
  if (move(button.closest("[data-line]"), button.value.endsWith(" up"))) save();
  button.focus();
});

form.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-line]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  dragged.classList.add("is-dragged");
});

form.addEventListener("dragover", (event) => {
  const section = event.target.closest("[data-section]");
  if (!dragged || !section) return;
  event.preventDefault();
  const over = event.target.closest("[data-line]");
  if (!over) {
    if (dragged.closest("[data-section]") !== section) section.querySelector("[data-added]").append(dragged);
    return;
  }
  if (over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  over.parentElement.insertBefore(dragged, event.clientY < top + height / 2 ? over : over.nextElementSibling);
});

form.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("is-dragged");
  dragged = null;
  save();
});
