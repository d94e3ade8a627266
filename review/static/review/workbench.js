// The pages' hands: single keys, tabs, drafts of what is typed, active time and the lease. Saving is outbox.js.
"use strict";
(() => {
  const DRAFT = "draft-";
  const TAB = "tab-of-the-item-page";
  const IDLE_AFTER = 60_000; // ms without input that no longer count as work
  const AWAY_AFTER = 300_000; // ms without input after which the item is let go
  const LOOK_FIRST = 400; // ms after something new is shown in which a double press decides nothing
  const clock = () => performance.now(); // ms; a device that sets its clock back takes no time away
  let lastInput = clock();
  let activeTime = 0; // ms on the item shown
  let lastTick = clock();
  let shownAt = clock();

  const one = (selector) => document.querySelector(selector);
  const work = () => one("#work");
  const answering = () => one("form.answering");
  const comment = () => one("#work textarea[name=comment]");
  const say = (what) => document.dispatchEvent(new CustomEvent("workbench:say", { detail: { what } }));

  // Keys ---------------------------------------------------------------------------------------------------------
  const isField = (element) => element.matches("input, textarea, select, [contenteditable]");
  const actsOnKeys = (element) => element.matches("a, button, summary");
  const named = (key) => one(`[data-key~="${CSS.escape(key)}"]`);

  function press(target) {
    if (!target || target.disabled) return false;
    target.click();
    return true;
  }

  // A link is followed, a field is entered.
  function actsOn(target) {
    if (!target || !isField(target)) return press(target);
    target.focus();
    target.select();
    return true;
  }

  // `otherwise`: what is said where nothing has the key.
  function answerBy(key, otherwise) {
    const button = named(key);
    if (button?.closest("#revision .answers, #pattern-decision button") && clock() - shownAt < LOOK_FIRST) return true;
    return press(button) || Boolean(answering() && otherwise && (say(otherwise), true));
  }

  // Not the model's answer: it is struck out and the first other one has the focus; once more takes that back.
  function reject() {
    if (named("x")) return answerBy("x");
    const models = named("a");
    if (!models?.matches(".answer")) return Boolean(answering()) && (say("noAccept"), true);
    const rejected = models.classList.toggle("rejected");
    (rejected ? one(".answers .answer:not(.rejected):enabled") : work()).focus();
    announce(rejected ? one(".answers").dataset.rejected : "");
    return true;
  }
  function announce(words) {
    if (one("#announced")) one("#announced").textContent = words;
  }

  // From a text: its own form where one button sends it, else on to the answers, so that nobody gives one by accident.
  function finish(text) {
    const buttons = [...text.form.elements].filter((element) => element.type === "submit" && !element.disabled);
    if (buttons.length === 1) buttons[0].click();
    else text.form.querySelector(".answers")?.focus();
  }

  function act(key) {
    switch (key) {
      case "a": return answerBy("a", "noAccept");
      case "x": return reject();
      case " ": return press(named("s"));
      case "c": return Boolean(comment()) && (comment().focus(), true);
      case "g": return open("guideline");
      case "?": return open("keys");
      case "/": return actsOn(named("/"));
      case "j": case "k": return press(named(key)) || (Boolean(answering()) && (say("nothing"), true));
      case "w": return Boolean(named("w")) && (select("evidence"), press(named("w")));
      default: return key.length === 1 ? answerBy(key) : key === "Enter" && answerBy(key);
    }
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.repeat || event.isComposing || !work()) return;
    if (isField(target)) {
      if (event.key === "Escape") target.blur();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.matches("form textarea")) {
        event.preventDefault();
        finish(target);
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || work().dataset.singleKeys !== "on") return;
    if ((event.key === " " || event.key === "Enter") && actsOnKeys(target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (act(key)) event.preventDefault();
  });

  // Tabs ---------------------------------------------------------------------------------------------------------
  // Without this script every part stands below the other and the links lead to them.
  const tabs = () => [...document.querySelectorAll("#tabs a[href^='#']")];
  const part = (tab) => one(tab.getAttribute("href"));

  function select(id) {
    for (const tab of tabs()) {
      const chosen = part(tab).id === id;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
      part(tab).hidden = !chosen;
    }
    sessionStorage.setItem(TAB, id);
    if (id === "comments" && one("#thread")) window.htmx.trigger("#thread", "opened");
  }

  function open(id) {
    if (!document.getElementById(id)) return false;
    select(document.getElementById(id).hidden ? id : "evidence");
    one("#tabs").scrollIntoView({ block: "nearest" });
    return true;
  }

  function setUpTabs() {
    if (!one("#tabs")) return;
    one("#tabs").setAttribute("role", "tablist");
    for (const tab of tabs()) {
      tab.setAttribute("role", "tab");
      tab.id = `tab-${part(tab).id}`;
      tab.setAttribute("aria-controls", part(tab).id);
      part(tab).setAttribute("role", "tabpanel");
      part(tab).setAttribute("aria-labelledby", tab.id);
    }
    const kept = sessionStorage.getItem(TAB);
    select(document.getElementById(kept)?.matches(".tab") ? kept : "evidence");
    work().classList.add("tabbed");
  }
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("#tabs [role=tab]");
    if (!tab) return;
    event.preventDefault();
    select(part(tab).id);
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !event.target.matches("#tabs [role=tab]")) return;
    const all = tabs();
    const next = all[(all.indexOf(event.target) + step + all.length) % all.length];
    select(part(next).id);
    next.focus();
  });

  // Drafts -------------------------------------------------------------------------------------------------------
  // What is typed outlives a reload and a lost session; it goes once it is saved. A reply's form differs from its
  // neighbours by what it answers alone.
  const DRAFTED = "form[method=post] textarea";
  const place = (text) => {
    const { action, elements } = text.form;
    return `${DRAFT}${document.body.dataset.person}-${new URL(action).pathname}-${elements.answers?.value ?? ""}`;
  };
  function restoreDrafts() {
    for (const text of document.querySelectorAll(`#work :is(${DRAFTED})`)) {
      const draft = text.value ? null : sessionStorage.getItem(place(text));
      if (!draft) continue;
      text.value = draft;
      if (text.closest("details")) text.closest("details").open = true;
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches(DRAFTED)) sessionStorage.setItem(place(event.target), event.target.value);
  });
  // 200 is saved; over a sign-in (204) and after a refusal it stays.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (xhr.status !== 200 || requestConfig.verb !== "post") return;
    for (const text of requestConfig.elt.querySelectorAll("textarea")) sessionStorage.removeItem(place(text));
  });

  // Active time --------------------------------------------------------------------------------------------------
  function tick() {
    const now = clock();
    if (!document.hidden && now - lastInput < IDLE_AFTER) activeTime += Math.max(0, now - lastTick);
    lastTick = now;
  }
  for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) {
    document.addEventListener(kind, () => { tick(); lastInput = clock(); }, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("submit", noteTime, true);
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt === answering()) event.detail.parameters.set("seconds_spent", noteTime());
  });
  function noteTime() {
    tick();
    const spent = (activeTime / 1000).toFixed(1);
    if (answering()) answering().elements.seconds_spent.value = spent;
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
    if (lease && lease.dataset.until && clock() - lastInput < AWAY_AFTER) window.htmx.trigger(lease, "still-here");
  }, 60_000);

  // A fresh item -------------------------------------------------------------------------------------------------
  // Settled, not only swapped: until then htmx lends new elements the attributes of the old ones with their ids.
  document.addEventListener("htmx:afterSettle", (event) => {
    restoreDrafts();
    if (event.detail.target.id !== "work") return;
    activeTime = 0;
    lastTick = shownAt = clock();
    showLease();
    setUpTabs();
    const wrong = one("#work [aria-invalid=true]");
    if (!wrong) window.scrollTo(0, 0);
    (wrong ?? work()).focus({ preventScroll: !wrong });
    // A live region that was swapped in is not read out; this one stays where it is.
    announce(one("#status")?.textContent.trim() ?? "");
  });

  restoreDrafts();
  showLease();
  // Not sooner: the tab that was open may ask htmx for its comments, and htmx starts with the document.
  document.addEventListener("DOMContentLoaded", setUpTabs);
})();
