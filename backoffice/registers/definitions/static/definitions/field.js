/** The form of an added field: shows what belongs to its kind, edits options, tries the formula on a record. */
import "./options.js";
import { post } from "../registers/post.js";

const form = document.querySelector("[data-field-form]");

function kind() {
  const fixed = form.querySelector("[data-kind]");
  return fixed ? fixed.value : form.querySelector("input[name=kind]:checked")?.value;
}

function show() {
  const chosen = kind();
  for (const part of form.querySelectorAll("[data-part]")) {
    const kinds = part.dataset.part || part.querySelector("[data-for]")?.dataset.for || "";
    part.hidden = !kinds.split(" ").includes(chosen);
  }
}

form.addEventListener("change", (event) => event.target.name === "kind" && show());
show();

const formula = form.querySelector("[name=expression]");
const outcome = form.querySelector("[data-outcome]");
let after = "";

for (const button of form.querySelectorAll("[data-insert]")) {
  button.addEventListener("click", () => {
    formula.setRangeText(button.dataset.insert, formula.selectionStart, formula.selectionEnd, "end");
    formula.focus();
  });
}

function line(text, name) {
  const part = document.createElement(name);
  part.textContent = text;
  return part;
}

form.querySelector("[data-try]").addEventListener("click", async () => {
  const fields = { expression: formula.value, gives: form.querySelector("[name=gives]").value, after };
  try {
    const answer = await post(form.dataset.trial, fields);
    after = answer.after;
    outcome.classList.remove("is-wrong");
    outcome.replaceChildren(line(answer.result, "strong"), line(answer.name, "span"), ...answer.read.map((text) => line(text, "small")));
  } catch (problem) {
    outcome.classList.add("is-wrong");
    outcome.replaceChildren(line(problem.message, "span"));
  }
});
