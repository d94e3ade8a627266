// The item page's hands: single keys, the comment's draft, active time, the lease, and what to say when a save fails.
"use strict";
(() => {
  const DRAFT = "draft-of-item-";
  const IDLE_AFTER = 60_000; // ms without input that no longer count as work
  const AWAY_AFTER = 300_000; // ms without input after which the item is let go
  let lastInput = Date.now();
  let activeTime = 0; // ms on the item shown
  let lastTick = Date.now();

  const one = (selector) => document.querySelector(selector);
  const decision = () => one("#decision");
  const comment = () => one("#decision textarea");

  // Keys ---------------------------------------------------------------------------------------------------------
  const isField = (element) => element.matches("input, textarea, select, [contenteditable]");
  const takesSpace = (element) => element.matches("a, button, summary");

  function press(button) {
    if (!button || button.disabled) return false;
    button.click();
    return true;
  }

  function toggle(id) {
    const panel = document.getElementById(id);
    if (!panel) return false;
    panel.open = !panel.open;
    if (panel.open) panel.scrollIntoView({ block: "nearest" });
    return true;
  }

  function acceptModel() {
    const said = one("[data-model-label]");
    return Boolean(said) && press(one(`#decision .answer[value="${CSS.escape(said.dataset.modelLabel)}"]`));
  }

  function act(key) {
    if (key === "a") return acceptModel();
    if (key === " ") return press(one('[data-key="s"]'));
    if (key === "c") return Boolean(comment()) && (comment().focus(), true);
    if (key === "g") return toggle("guideline");
    if (key === "?") return toggle("keys");
    return /^[a-z0-9]$/.test(key) && press(one(`[data-key="${key}"]`));
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.repeat || event.isComposing) return;
    if (isField(target)) {
      if (event.key === "Escape") target.blur();
      else if (event.key === "Enter" && event.ctrlKey && target === comment() && acceptModel()) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key === " " && takesSpace(target))) return;
    if (act(event.key)) event.preventDefault();
  });

  // Drafts -------------------------------------------------------------------------------------------------------
  // A comment outlives a reload and a lost session; it goes once its answer is saved.
  function restoreDraft() {
    if (!decision() || comment().value) return;
    comment().value = sessionStorage.getItem(DRAFT + decision().dataset.item) ?? "";
  }
  document.addEventListener("input", (event) => {
    if (event.target === comment()) sessionStorage.setItem(DRAFT + decision().dataset.item, event.target.value);
  });

  // Active time --------------------------------------------------------------------------------------------------
  function tick() {
    const now = Date.now();
    if (!document.hidden && now - lastInput < IDLE_AFTER) activeTime += now - lastTick;
    lastTick = now;
  }
  for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) {
    document.addEventListener(kind, () => { tick(); lastInput = Date.now(); }, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("submit", noteTime, true);
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id === "decision") event.detail.parameters.set("seconds_spent", noteTime());
  });
  function noteTime() {
    tick();
    const spent = (activeTime / 1000).toFixed(1);
    if (decision()) decision().elements.seconds_spent.value = spent;
    return spent;
  }

  // The lease ----------------------------------------------------------------------------------------------------
  function showLease() {
    const lease = one("#lease");
    if (!lease || !lease.dataset.until) return;
    const left = Math.ceil((Date.parse(lease.dataset.until) - Date.now()) / 60_000);
    lease.textContent = left > 0 ? lease.dataset.left.replace("{n}", left) : lease.dataset.over;
  }
  setInterval(showLease, 5_000);
  setInterval(() => {
    const lease = one("#lease");
    if (lease && lease.dataset.until && Date.now() - lastInput < AWAY_AFTER) window.htmx.trigger(lease, "still-here");
  }, 60_000);

  // Saving -------------------------------------------------------------------------------------------------------
  const isSave = (element) => ["decision", "skip", "undo"].includes(element.id);

  function trouble(kind) {
    const line = one("#trouble");
    if (!line) return;
    line.textContent = line.dataset[kind];
    line.hidden = false;
  }
  document.addEventListener("click", (event) => {
    const answer = event.target.closest(".answer");
    if (!answer) return;
    document.querySelectorAll(".answer").forEach((other) => other.classList.toggle("pressed", other === answer));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isSave(event.detail.elt) && one("#trouble")) one("#trouble").hidden = true;
  });
  for (const kind of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(kind, (event) => { if (isSave(event.detail.elt)) trouble("network"); });
  }
  document.addEventListener("htmx:responseError", (event) => {
    if (isSave(event.detail.elt)) trouble(event.detail.xhr.status === 403 ? "stale" : "server");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, successful, xhr } = event.detail;
    if (elt.id === "decision" && successful && xhr.status === 200) sessionStorage.removeItem(DRAFT + elt.dataset.item);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "work") return;
    activeTime = 0;
    lastTick = Date.now();
    restoreDraft();
    showLease();
    window.scrollTo(0, 0);
    document.getElementById("work").focus({ preventScroll: true });
  });

  restoreDraft();
  showLease();
})();
