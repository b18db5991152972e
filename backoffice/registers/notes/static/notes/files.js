/** Shows what was chosen or taken with the camera, and takes files that are dropped. Without it the form works too. */
const form = document.querySelector("[data-file-drop]");
const inputs = [...form.querySelectorAll("[data-file-input]")];
const names = form.querySelector("[data-file-names]");
const send = form.querySelector("[data-file-send]");

function show() {
  const chosen = inputs.flatMap((input) => [...input.files]);
  names.hidden = !chosen.length;
  names.replaceChildren(
    ...chosen.map((file) => {
      const item = document.createElement("li");
      item.textContent = file.name;
      return item;
    }),
  );
  send.disabled = !chosen.length;
}

inputs.forEach((input) => input.addEventListener("change", show));
form.addEventListener("submit", () => {
  send.disabled = true;
});

["dragenter", "dragover"].forEach((name) =>
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("is-over");
  }),
);
form.addEventListener("dragleave", () => form.classList.remove("is-over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("is-over");
  const both = new DataTransfer();
  [...inputs[0].files, ...event.dataTransfer.files].forEach((file) => both.items.add(file));
  inputs[0].files = both.files;
  show();
});
// The browser may bring chosen files back when one returns to the page.
addEventListener("pageshow", show);
