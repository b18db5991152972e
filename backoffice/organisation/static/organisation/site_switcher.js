// A choice in the site switcher takes effect at once; without scripts its button does the same.
for (const select of document.querySelectorAll("select[data-submit-on-change]")) {
  select.form.querySelector("button[type=submit]").hidden = true;
  select.addEventListener("change", () => select.form.requestSubmit());
}
