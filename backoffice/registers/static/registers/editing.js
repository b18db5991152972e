/** Tells the server that a form is open, and shows who else has it open or has saved meanwhile. */
import { post } from "./post.js";

const place = document.querySelector("[data-editing-url]");
const { editingUrl, version, seconds } = place.dataset;
const config = JSON.parse(document.getElementById("wagtail-config").textContent);

async function renew() {
  try {
    const { sentences } = await post(editingUrl, { version });
    const lines = sentences.map((sentence) => {
      const line = document.createElement("p");
      line.className = "editing-now";
      line.textContent = sentence;
      return line;
    });
    place.replaceChildren(...lines);
  } catch {
    // The next one may get through; saving tells about whatever was missed.
  }
}

setInterval(renew, Number(seconds) * 1000);
// A page that comes back from the browser's memory has given its lease up.
addEventListener("pageshow", (event) => event.persisted && renew());
addEventListener("pagehide", () => {
  const leaving = new URLSearchParams({ leave: "1", version, csrfmiddlewaretoken: config.CSRF_TOKEN });
  navigator.sendBeacon(editingUrl, leaving);
});
