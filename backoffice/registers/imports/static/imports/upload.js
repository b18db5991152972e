/** Choosing or dropping a file: its name is shown, and what the server would refuse by size is refused at once. */
const form = document.querySelector("[data-upload]");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector("[data-drop]");
const error = form.querySelector("[data-upload-error]");
const button = form.querySelector("[data-upload-button]");

function problem() {
  const file = input.files[0];
  if (!file) return "";
  if (file.size === 0) return form.dataset.empty;
  return file.size > Number(form.dataset.limit) ? form.dataset.tooLarge : "";
}

function show() {
  const text = problem();
  error.hidden = !text;
  error.querySelector("span").textContent = text;
  button.disabled = Boolean(text);
  form.querySelector("[data-file-name]").textContent = input.files[0]?.name ?? "";
}

input.addEventListener("change", show);

for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.dataset.over = "";
  });
}
for (const kind of ["dragleave", "drop"]) {
  drop.addEventListener(kind, () => delete drop.dataset.over);
}
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  show();
});

form.addEventListener("submit", (event) => {
  if (problem()) event.preventDefault();
  else setTimeout(() => (button.disabled = true));
});

// A page from the browser's memory may bring its file back with it.
window.addEventListener("pageshow", show);
