// The next item's page is read while its person looks at this one. Nobody is given it by that: once they have decided,
// the server says whether it holds, and then it comes at once with what is new on it. Else the server sends the page.
"use strict";
(() => {
  const STAMP = "X-Read-Ahead";
  const SOON = 150; // ms after a page is shown: its own parts come first
  let ahead = null; // the page read ahead
  let asking = null;
  let timer = null;

  const work = () => document.querySelector("#work");
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

  function readSoon() {
    clearTimeout(timer);
    asking?.abort();
    ahead = null;
    timer = setTimeout(read, SOON);
  }
  async function read() {
    const address = work()?.dataset.following;
    if (!address || !navigator.onLine) return;
    asking = new AbortController();
    const { signal } = asking;
    try {
      const response = await fetch(address, { headers: { "HX-Request": "true" }, signal });
      const page = response.status === 200 && parsed(await response.text()).querySelector("#work[data-stamp]");
      if (page && !signal.aborted) ahead = page;
    } catch { /* the page comes with the answer, as it does without this script */ }
  }

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "post" || !detail.elt.matches("form.answering, #skip")) return;
    asking?.abort(); // what is not here yet would only stand in the answer's way
    clearTimeout(timer);
    if (ahead) detail.headers[STAMP] = ahead.dataset.stamp;
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const stamp = detail.xhr.getResponseHeader(STAMP);
    if (!stamp) return;
    if (stamp !== ahead?.dataset.stamp) { // never without the page it belongs to
      detail.shouldSwap = false;
      window.location.assign(detail.xhr.getResponseHeader("HX-Push-Url"));
      return;
    }
    for (const part of [...parsed(detail.serverResponse).body.children]) ahead.querySelector(`#${part.id}`).replaceWith(part);
    ahead.removeAttribute("data-stamp");
    detail.serverResponse = ahead.outerHTML;
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target.id === "work") readSoon();
  });
  document.addEventListener("DOMContentLoaded", readSoon);
})();
