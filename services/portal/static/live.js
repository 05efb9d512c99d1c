// Renews the page's main part every few seconds: whatever the server draws anew appears without a reload.
// What the reader has unfolded, or is in the middle of, stays. Without scripts the page is complete, and still.
"use strict";
const EVERY_MS = 5000;
let staleSince = null;

function busy(main) {
  const active = document.activeElement;
  return document.hidden || !window.getSelection().isCollapsed ||
    (active !== null && main.contains(active) && active.matches("input, select, textarea, button"));
}

function renew(main, fresh) {
  const open = new Set(Array.from(main.querySelectorAll("details[open]"), (each) => each.id));
  const focused = document.activeElement && main.contains(document.activeElement)
    ? document.activeElement.getAttribute("href") : null;
  main.replaceChildren(...fresh.childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused !== null) main.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function say(text) {
  const line = document.getElementById("stale");
  if (line === null) return;
  line.hidden = text === "";
  line.textContent = text;
}

async function look() {
  const main = document.getElementById("main");
  if (!busy(main)) {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const read = new DOMParser().parseFromString(await answer.text(), "text/html");
      renew(main, read.getElementById("main"));
      staleSince = null;
      say("");
    } catch {
      staleSince = staleSince ?? new Date();
      const line = document.getElementById("stale");
      say((line?.dataset.stale ?? "") + " " + staleSince.toLocaleTimeString());
    }
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
