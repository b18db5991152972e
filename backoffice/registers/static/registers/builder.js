/** The builder of filters: lines of field, comparison and value, in groups of “all” or “any”. */
import { post } from "./post.js";

const DEEPEST = 3;
const dialog = document.getElementById("list-builder");
const address = () => dialog.dataset.builder + window.location.search;
const template = (name) => dialog.querySelector(`template[data-${name}]`).content;
const word = (name) => template("words").querySelector(`[data-word=${name}]`).textContent;
const copy = (name) => template(name).firstElementChild.cloneNode(true);
let fields = [];
let periods = [];

function element(tag, properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function choose(select, options, value) {
  select.replaceChildren(...options.map(([code, label]) => element("option", { value: code, textContent: label })));
  if (value !== undefined && options.some(([code]) => code === value)) select.value = value;
}

function input(type, value, label) {
  const box = element("input", { type, value: value ?? "", autocomplete: "off" });
  box.setAttribute("aria-label", label);
  if (type === "number") box.step = "any";
  if (type === "text") box.maxLength = 100;
  return box;
}

/** Each shape draws itself into `place` and gives back a function that reads the value. */
const shapes = {
  none: () => () => undefined,
  text: (place, value) => one(place, "text", value),
  number: (place, value) => one(place, "number", value),
  day: (place, value) => one(place, "date", value),
  numbers: (place, value) => two(place, "number", value),
  days: (place, value) => two(place, "date", value),
  yes_no(place, value) {
    const select = labelled(element("select"), word("value"));
    choose(select, [["yes", word("yes")], ["no", word("no")]], value === false ? "no" : "yes");
    place.append(select);
    return () => select.value === "yes";
  },
  period(place, value) {
    const select = labelled(element("select"), word("value"));
    choose(select, periods, value);
    place.append(select);
    return () => select.value;
  },
  choices(place, value, field) {
    const boxes = field.choices.map(([code, label]) => {
      const box = element("input", { type: "checkbox", value: code, checked: (value ?? []).includes(code) });
      place.append(element("label", { className: "builder-choice" }, [box, ` ${label}`]));
      return box;
    });
    return () => boxes.filter((box) => box.checked).map((box) => box.value);
  },
  records,
};

function labelled(made, label) {
  made.setAttribute("aria-label", label);
  return made;
}

function one(place, type, value) {
  const box = input(type, value, word("value"));
  place.append(box);
  return () => box.value.trim();
}

function two(place, type, value) {
  const boxes = [input(type, value?.[0], word("from")), input(type, value?.[1], word("to"))];
  place.append(boxes[0], " – ", boxes[1]);
  return () => boxes.map((box) => box.value || null);
}

/** Chosen records as chips, and a box that offers others while one types. */
function records(place, value, field, names = {}) {
  const chosen = new Map((value ?? []).map((key) => [key, names[key] ?? word("me")]));
  const chips = element("span");
  const offers = element("select", { size: 6, hidden: true });
  const box = input("search", "", word("find"));
  box.placeholder = word("find");
  labelled(offers, word("find"));
  let timer;
  let latest = 0;

  function draw() {
    chips.replaceChildren(
      ...[...chosen].map(([key, name]) => {
        const remove = labelled(element("button", { type: "button", textContent: "×" }), `${word("remove")} ${name}`);
        remove.addEventListener("click", () => chosen.delete(key) && draw());
        return element("span", { className: "register-tag" }, [name, " ", remove]);
      }),
    );
  }

  function take() {
    const option = offers.selectedOptions[0];
    if (!option?.value) return;
    chosen.set(option.value, option.textContent);
    Object.assign(offers, { hidden: true });
    box.value = "";
    draw();
  }

  async function ask() {
    const turn = ++latest;
    const answer = await post(field.url, { q: box.value.trim() });
    if (turn !== latest) return;
    const found = answer.offers.map(({ id, text }) => [id, text]);
    if (field.me && !box.value.trim()) found.unshift([field.me, word("me")]);
    choose(offers, found.length ? found : [["", word("nothing")]]);
    offers.selectedIndex = -1;
    offers.hidden = false;
  }

  box.addEventListener("focus", ask);
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
    if (event.key !== "ArrowDown" || offers.hidden) return;
    event.preventDefault();
    offers.selectedIndex = 0;
    offers.focus();
  });
  offers.addEventListener("click", take);
  offers.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    take();
  });
  draw();
  place.append(chips, box, offers);
  return () => [...chosen.keys()];
}

function condition(given) {
  const line = copy("condition");
  const [name, comparison] = ["field", "operator"].map((part) => line.querySelector(`[data-${part}]`));
  const place = line.querySelector("[data-operand]");
  choose(name, fields.map((field) => [field.name, field.label]), given?.field);

  function drawOperand(value, names) {
    const field = fields.find((one) => one.name === name.value);
    const shape = field.operators.find(([code]) => code === comparison.value)[2];
    place.replaceChildren();
    const read = shapes[shape](place, value, field, names);
    line.read = () => {
      const found = read();
      const plain = { field: name.value, is: comparison.value };
      return found === undefined ? plain : { ...plain, value: found };
    };
  }

  function drawOperators(code) {
    const field = fields.find((one) => one.name === name.value);
    choose(comparison, field.operators, code);
  }

  name.addEventListener("change", () => {
    drawOperators();
    drawOperand();
  });
  comparison.addEventListener("change", () => drawOperand());
  line.querySelector("[data-remove]").addEventListener("click", () => line.remove());
  drawOperators(given?.is);
  drawOperand(given?.value, given?.names);
  return line;
}

function group(given, depth = 1) {
  const box = copy("group");
  const joined = box.querySelector("[data-joined]");
  const parts = box.querySelector("[data-parts]");
  joined.value = given.any ? "any" : "all";
  const add = (part) => parts.append(part.all || part.any ? group(part, depth + 1) : condition(part));
  (given.any ?? given.all ?? []).forEach(add);
  box.querySelector("[data-add-condition]").addEventListener("click", () => {
    const line = condition();
    parts.append(line);
    line.querySelector("select").focus();
  });
  const deeper = box.querySelector("[data-add-group]");
  deeper.hidden = depth >= DEEPEST;
  deeper.addEventListener("click", () => parts.append(group({ any: [{ field: fields[0].name }] }, depth + 1)));
  const remove = box.querySelector("legend [data-remove]");
  remove.hidden = depth === 1;
  remove.addEventListener("click", () => box.remove());
  box.read = () => ({ [joined.value]: [...parts.children].map((part) => part.read()) });
  return box;
}

async function open() {
  const offered = await (await fetch(address(), { headers: { "X-Requested-With": "XMLHttpRequest" } })).json();
  ({ fields, periods } = offered);
  const given = offered.tree;
  if (!(given.all ?? given.any).length) given.all = [{ field: fields[0].name }];
  dialog.querySelector("[data-tree]").replaceChildren(group(given));
  dialog.querySelector("[data-error]").textContent = "";
  dialog.showModal();
}

if (dialog) {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-opens=list-builder]")) open();
  });
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const tree = dialog.querySelector("[data-tree]").firstElementChild.read();
    try {
      window.location.assign((await post(address(), { tree: JSON.stringify(tree) })).url);
    } catch (error) {
      dialog.querySelector("[data-error]").textContent = error.message;
    }
  });
}
