// Saving an answer, and keeping it on this device until the server has said yes: over a cut network, a reload, a crash.
// An answer that is kept has its idempotency key with it, so that however often it is sent it counts once.
"use strict";
(() => {
  const KEPT = "unsent-answer-";
  const DRAFT = "draft-";
  const SOONEST = 1_000; // ms until the first try again, doubled each time
  const LATEST = 30_000;
  const memory = new Map(); // where the browser allows no storage
  let wait = SOONEST;
  let timer = null;
  const underWay = new Set();

  const one = (selector) => document.querySelector(selector);
  const form = () => one("form.answering");
  const shown = () => one("#work[data-item]")?.dataset.item;
  const person = () => document.body.dataset.person;
  const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1];

  // What is kept -------------------------------------------------------------------------------------------------
  const place = (item) => `${KEPT}${person()}-${item}`;

  function keep(entry) {
    memory.set(place(entry.item), entry);
    try { localStorage.setItem(place(entry.item), JSON.stringify(entry)); } catch { /* memory has it */ }
  }
  function drop(item) {
    memory.delete(place(item));
    try { localStorage.removeItem(place(item)); } catch { /* nothing was kept there */ }
  }
  function kept() {
    const found = new Map([...memory].filter(([name]) => name.startsWith(`${KEPT}${person()}-`)));
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(`${KEPT}${person()}-`)) found.set(name, JSON.parse(localStorage.getItem(name)));
      }
    } catch { /* memory has what there is */ }
    return [...found.values()];
  }
  const keptFor = (item) => kept().find((entry) => entry.item === item);

  // randomUUID exists on safe origins alone, and a site on a hospital's own network may not be one.
  function freshKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  // What is said -------------------------------------------------------------------------------------------------
  // Beside the form it is about, where that has a line for it.
  function say(what, item, about) {
    const line = about?.querySelector(":scope > .unsent") ?? one("#trouble");
    if (!line || !line.dataset[what]) return;
    line.textContent = line.dataset[what].replace("{n}", item ?? "");
    line.hidden = false;
  }
  document.addEventListener("workbench:say", (event) => say(event.detail.what));
  function press(label) {
    document.querySelectorAll(".answer").forEach((one) => one.classList.toggle("pressed", one.value === label));
  }
  document.addEventListener("click", (event) => {
    const answer = event.target.closest("button.answer");
    if (answer) press(answer.value);
  });

  // Sending the answer on the page -------------------------------------------------------------------------------
  // Of answers a copy is kept; any other form keeps what was typed where it stands, and says that it was not sent.
  const isSave = (element) => element.matches("form.answering, #skip, #undo, form:has(> .unsent)");
  const isAnswer = (detail) => detail.elt === form() && detail.path === detail.elt.getAttribute("hx-post");

  document.addEventListener("htmx:configRequest", (event) => {
    const { detail } = event;
    // Signing in again elsewhere gives a new token; the one in this page would be refused.
    if (detail.verb === "post" && token()) detail.parameters.set("csrfmiddlewaretoken", token());
    if (!isAnswer(detail)) return;
    const fields = Object.fromEntries(detail.parameters.entries());
    const before = keptFor(shown());
    if (before && before.address === detail.path) {
      // The same answer goes with its first key. Another one is another answer: if the first did arrive, this one is
      // refused and says so, where the first key would have passed it over in silence.
      const same = before.fields.label === fields.label;
      fields.idempotency_key = same ? before.fields.idempotency_key : freshKey();
      if (same) fields.seconds_spent = before.fields.seconds_spent;
      detail.parameters.set("idempotency_key", fields.idempotency_key);
      detail.parameters.set("seconds_spent", fields.seconds_spent);
    }
    delete fields.csrfmiddlewaretoken;
    keep({ item: shown(), address: detail.path, fields });
    underWay.add(shown());
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isSave(event.detail.elt)) document.querySelectorAll("#trouble, .unsent").forEach((line) => { line.hidden = true; });
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { requestConfig, xhr } = event.detail;
    const item = requestConfig.elt.closest("#work")?.dataset.item;
    if (!requestConfig.elt.matches("form.answering") || !keptFor(item)) return;
    if (keptFor(item).address !== requestConfig.path) return;
    underWay.delete(item);
    // Saved, refused with the answer on the page, or kept by the server over a sign-in: the server has it now.
    if ((xhr.status >= 200 && xhr.status < 300) || xhr.status === 409 || xhr.status === 422) settled(item);
    else tryLater(xhr.status === 403 ? "stale" : "kept");
  });
  for (const kind of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(kind, (event) => {
      if (!isSave(event.detail.elt)) return;
      const { elt } = event.detail;
      if (elt === form() && underWay.delete(shown())) tryLater("kept");
      else say("network", null, elt);
    });
  }
  document.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr } = event.detail;
    if (isSave(elt) && !(elt === form() && keptFor(shown()))) say(xhr.status === 403 ? "stale" : "server", null, elt);
  });

  function settled(item) {
    drop(item);
    wait = SOONEST;
  }
  function tryLater(why) {
    say(why);
    clearTimeout(timer);
    timer = setTimeout(sendAll, wait);
    wait = Math.min(2 * wait, LATEST);
  }

  // Sending again ------------------------------------------------------------------------------------------------
  function sendAll() {
    for (const entry of kept()) {
      if (underWay.has(entry.item)) continue;
      if (entry.item === shown() && form()?.getAttribute("hx-post") === entry.address) submitAgain(entry);
      else sendAside(entry);
    }
  }
  function submitAgain(entry) {
    const button = form().querySelector(`.answer[value="${CSS.escape(entry.fields.label)}"]`);
    if (!button || button.disabled) return;
    const comment = form().elements.comment;
    if (!comment.value) comment.value = entry.fields.comment ?? "";
    press(entry.fields.label);
    button.click();
  }
  // The person has moved on to another page: the answer goes by itself, and this page stays as it is.
  async function sendAside(entry) {
    underWay.add(entry.item);
    try {
      const response = await fetch(entry.address, {
        method: "POST",
        headers: { "HX-Request": "true", "X-CSRFToken": token() ?? "" },
        body: new URLSearchParams(entry.fields),
      });
      if (response.ok) {
        settled(entry.item);
        const signIn = response.headers.get("HX-Redirect");
        if (signIn) window.location.assign(signIn);
        else say("sent", entry.item);
      } else if (response.status === 409 || response.status === 422) {
        if (entry.fields.comment) sessionStorage.setItem(`${DRAFT}${person()}-${entry.address}-`, entry.fields.comment);
        settled(entry.item);
        say("refused", entry.item);
      } else tryLater("kept");
    } catch {
      tryLater("kept");
    } finally {
      underWay.delete(entry.item);
    }
  }
  window.addEventListener("online", () => { wait = SOONEST; sendAll(); });
  // Not sooner: until then htmx has not taken the forms over, and the browser would leave the page with them.
  document.addEventListener("DOMContentLoaded", sendAll);
})();
