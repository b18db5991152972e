/** Offers people while one types a name behind an @ in a comment: arrows and Enter choose, Escape closes. */
import { post } from "../registers/post.js";

const WAIT = 200;
const box = document.querySelector("[data-people-url]");
const text = box.querySelector("textarea");
const list = box.querySelector("[role=listbox]");
let timer;
let latest = 0;

const options = () => [...list.querySelectorAll("[role=option]")];
const marked = () => list.querySelector("[aria-selected=true]");

/** What stands between the last @ before the cursor and the cursor, or null. */
function typed() {
  const match = /@([^\s@]{0,20})$/.exec(text.value.slice(0, text.selectionStart));
  return match && match[1];
}

function close() {
  latest += 1;
  list.hidden = true;
  text.removeAttribute("aria-activedescendant");
}

function mark(option) {
  options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  if (option) text.setAttribute("aria-activedescendant", option.id);
}

function choose(name) {
  const end = text.selectionStart;
  const start = end - typed().length;
  text.setRangeText(`${name} `, start, end, "end");
  close();
  text.focus();
}

function show(people) {
  list.replaceChildren(
    ...people.map((name, place) => {
      const option = document.createElement("li");
      Object.assign(option, { id: `comment-person-${place}`, textContent: name, role: "option" });
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(name);
      });
      return option;
    }),
  );
  list.hidden = !people.length;
  mark(options()[0]);
}

async function ask() {
  const query = typed();
  if (query === null) return close();
  const turn = ++latest;
  const { people } = await post(box.dataset.peopleUrl, { q: query });
  if (turn === latest) show(people);
}

text.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
});
text.addEventListener("blur", close);
text.addEventListener("keydown", (event) => {
  if (list.hidden) return;
  const all = options();
  const place = all.indexOf(marked());
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(all[(place + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else if (event.key === "Enter" || event.key === "Tab") {
    event.preventDefault();
    choose(marked().textContent);
  } else if (event.key === "Escape") {
    close();
  }
});
