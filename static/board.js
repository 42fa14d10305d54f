// The board shows who has come since: what it says is fetched anew, not what somebody types in.
"use strict";

const EVERY = 10000; // milliseconds

const renew = async () => {
  if (document.hidden) {
    return;
  }
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) {
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = [...page.querySelectorAll("[data-live]")];
  [...document.querySelectorAll("[data-live]")].forEach((part, at) => {
    // Whoever is about to press a button there would press another one.
    if (fresh[at] && !part.querySelector("button:focus, a:focus") && !part.matches(":hover")) {
      const row = part.querySelector(":focus")?.id;
      part.replaceChildren(...fresh[at].childNodes);
      // One comes back to the row in which one pressed a button.
      document.getElementById(row)?.focus({ preventScroll: true });
    }
  });
};

setInterval(() => renew().catch(() => {}), EVERY);
