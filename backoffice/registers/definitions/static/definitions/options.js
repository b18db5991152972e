/** Rows of options: added, taken away while they are new, and put in order by buttons. */
const root = document.querySelector("[data-options]");
const rows = root.querySelector("[data-rows]");

function add() {
  rows.append(root.querySelector("[data-row]").content.cloneNode(true));
  return rows.lastElementChild.querySelector("[name=option_label]");
}

if (!rows.querySelector("[data-option]")) {
  add();
  add();
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest("[data-option]");
  if ("add" in button.dataset) add().focus();
  else if ("remove" in button.dataset) row.remove();
  else if ("up" in button.dataset) row.previousElementSibling?.before(row);
  else if ("down" in button.dataset) row.nextElementSibling?.after(row);
  if (row?.isConnected) button.focus();
});

root.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[name^=option_]")) return;
  event.preventDefault();
  add().focus();
});
