// Lines of a record's parts: another empty line is a copy of the spare one under the next number.

for (const part of document.querySelectorAll("[data-part]")) {
    const count = part.querySelector("[data-part-count]");
    const lines = part.querySelector("[data-part-lines]");
    const spare = part.querySelector("[data-part-spare]");

    part.querySelector("[data-part-add]").addEventListener("click", () => {
        const holder = document.createElement("template");
        holder.innerHTML = spare.innerHTML.replaceAll("__n__", count.value);
        count.value = Number(count.value) + 1;
        part.querySelector("[data-part-none]")?.remove();
        const line = holder.content.querySelector("[data-part-line]");
        lines.append(line);
        line.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
}
