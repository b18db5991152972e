/** A form that is sent once: its button rests after the first click. */
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => setTimeout(() => (form.querySelector("button").disabled = true)));
}
