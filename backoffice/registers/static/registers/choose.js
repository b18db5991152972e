/** A box that offers records while one types: arrows and Enter choose, Escape closes, an emptied box means none. */
import { post } from "./post.js";

const WAIT = 200;

function start(root) {
  const value = root.querySelector("[data-chooser-value]");
  const box = root.querySelector("[role=combobox]");
  const list = root.querySelector("[role=listbox]");
  let timer;
  let latest = 0;
  let chosenText = box.value;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const marked = () => list.querySelector("[aria-selected=true]");

  function close() {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function mark(option) {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (!option) return;
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function choose(id, text) {
    const changed = value.value !== id;
    value.value = id;
    box.value = chosenText = text;
    close();
    if (changed) value.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show(offers) {
    list.replaceChildren(
      ...offers.map(({ id, text }, place) => {
        const option = document.createElement("li");
        Object.assign(option, { id: `${list.id}-${place}`, textContent: text, role: "option" });
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(id, text);
        });
        option.choose = () => choose(id, text);
        return option;
      }),
    );
    if (!offers.length) list.textContent = list.dataset.empty;
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    mark(options()[0]);
  }

  async function ask() {
    const turn = ++latest;
    const query = box.value.trim() === chosenText ? "" : box.value.trim();
    const { offers } = await post(root.dataset.chooser, { q: query });
    if (turn === latest && document.activeElement === box) show(offers);
  }

  box.addEventListener("focus", ask);
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  box.addEventListener("change", (event) => event.stopPropagation());
  box.addEventListener("blur", () => {
    latest += 1;
    close();
    if (box.value.trim() === "") choose("", "");
    else box.value = chosenText;
  });
  box.addEventListener("keydown", (event) => {
    const all = options();
    const place = all.indexOf(marked());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(all[(place + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
    } else if (event.key === "Enter" && !list.hidden && marked()) {
      event.preventDefault();
      marked().choose();
    } else if (event.key === "Escape") {
      close();
    }
  });
}

// Wagtail puts filters into the page again after each change; a chooser that was replaced starts anew.
function startAll() {
  document.querySelectorAll("[data-chooser]:not([data-started])").forEach((root) => {
    root.dataset.started = "";
    start(root);
  });
}

startAll();
new MutationObserver(startAll).observe(document.body, { childList: true, subtree: true });
