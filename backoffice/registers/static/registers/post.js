/** Posts `fields` as a form with Wagtail's CSRF token and gives back the JSON answer; throws its `error` text. */
const config = JSON.parse(document.getElementById("wagtail-config").textContent);

export async function post(url, fields) {
  const response = await fetch(url, {
    method: "POST",
    headers: { [config.CSRF_HEADER_NAME]: config.CSRF_TOKEN, "X-Requested-With": "XMLHttpRequest" },
    body: new URLSearchParams(fields),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || response.statusText);
  return answer;
}
