// Scripts at hand during a call: every script is on the page already, typing hides what does not fit.
// Words are compared as the server folds them: compatibility forms unified, lower case, no white space.

const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");
const finder = document.querySelector("[data-finder]");
const input = finder.querySelector("input");
const links = [...finder.querySelectorAll("[data-stage]")];
const groups = [...document.querySelectorAll("[data-group]")].map((element) => ({
    element,
    stage: element.dataset.group,
    scripts: [...element.querySelectorAll("details")].map((script) => ({ script, words: script.dataset.words })),
}));
const count = document.querySelector("[data-count]");
const none = document.querySelector("[data-none]");
let stage = links.find((link) => link.getAttribute("aria-current"))?.dataset.stage ?? "";

function filter() {
    const words = input.value.split(/\s+/u).map(fold).filter(Boolean);
    let shown = 0;
    for (const group of groups) {
        let inGroup = 0;
        for (const { script, words: text } of group.scripts) {
            const fits = (!stage || stage === group.stage) && words.every((word) => text.includes(word));
            script.hidden = !fits;
            inGroup += fits;
        }
        group.element.hidden = inGroup === 0;
        shown += inGroup;
    }
    count.textContent = shown;
    none.hidden = shown > 0;
    remember();
}

function remember() {
    const query = new URLSearchParams();
    if (input.value.trim()) query.set("q", input.value.trim());
    if (stage) query.set("stage", stage);
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

const summaries = () =>
    [...document.querySelectorAll("details.script:not([hidden]) > summary")].filter((one) => one.offsetParent);

function move(step) {
    const all = summaries();
    const at = all.indexOf(document.activeElement);
    if (at + step < 0) return input.focus();
    all[Math.min(at + step, all.length - 1)]?.focus();
}

input.addEventListener("input", filter);
finder.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = summaries()[0];
    if (!first) return;
    first.parentElement.open = true;
    first.focus();
});
for (const link of links) {
    link.addEventListener("click", (event) => {
        event.preventDefault();
        stage = link.dataset.stage;
        for (const other of links) other.removeAttribute("aria-current");
        link.setAttribute("aria-current", "true");
        filter();
    });
}
document.addEventListener("keydown", (event) => {
    const typing = document.activeElement === input;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !document.activeElement.matches("input, textarea")) {
        event.preventDefault();
        input.focus();
        input.select();
    } else if (event.key === "ArrowDown" && (typing || document.activeElement.matches("details.script > summary"))) {
        event.preventDefault();
        move(1);
    } else if (event.key === "ArrowUp" && document.activeElement.matches("details.script > summary")) {
        event.preventDefault();
        move(-1);
    } else if (event.key === "Escape" && (typing || document.activeElement.closest("details.script"))) {
        event.preventDefault();
        input.value = "";
        filter();
        input.focus();
    }
});
if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.setAttribute("open", "");
filter();
